#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inspect/receptive_field.h"
#include "layers/module.h"

namespace helder {

/// One call of a module in a summary.
struct SummaryRow {
  std::string path;   ///< `layer1.0.conv1`; empty for the model
  std::string layer;  ///< `Conv2d`
  int depth = 0;
  bool leaf = false;      ///< it has no modules in it
  bool repeated = false;  ///< its parameters were counted in a row above: it is used twice
  Shape input, output;
  std::vector<int64_t> kernel;    ///< of a convolution or pooling
  int64_t parameters = 0;         ///< with those of the modules in it
  int64_t own_parameters = 0;     ///< without them
  int64_t trainable = 0;          ///< of `parameters`, those that require grad
  int64_t multiply_adds = 0;      ///< for this batch, with the modules in it
  int64_t own_multiply_adds = 0;  ///< of its own ops
  ReceptiveField field;
  int64_t activation_bytes = 0;  ///< that its ops and those of the modules in it put results into
  int64_t backward_bytes = 0;    ///< that they keep for backward, besides parameters and the model's input
  double seconds = 0;            ///< that the call took, unfused, on this machine
};

struct SummaryOptions {
  int depth = 3;          ///< rows of modules deeper than this are left out; 0 for all
  bool measured = true;   ///< with the column of times
  bool training = false;  ///< calls the model in train() mode; statistics of its batch norms move
};

struct Summary {
  std::vector<SummaryRow> rows;  ///< in the order of the calls; the model itself first
  int64_t total_parameters = 0, trainable_parameters = 0;
  int64_t parameter_bytes = 0, input_bytes = 0;
  /// Convolutions and linear layers on the longest way from the input to the output: 20 for ResNet-20.
  int64_t layers_in_a_row = 0;
  SummaryOptions options;

  const SummaryRow& model() const { return rows.front(); }
  /// A table as torchinfo's. It is UTF-8.
  std::string str() const;
};

/// Calls `model` with `input` and says what each module does. Twice where times are measured: they are those
/// of the second call. The model's mode and gradients are as they were before.
///
/// Multiply-adds are counted as torchinfo does: each weight of a convolution or linear layer once for each
/// position it is used at, biases too, those of normalisations once a picture. Other than torchinfo, a linear
/// layer counts each token, and attention and products of activations count at all.
Summary summary(Module& model, const Tensor& input, const SummaryOptions& options = {});

}  // namespace helder
