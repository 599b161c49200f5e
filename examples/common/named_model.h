#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "layers/module.h"
#include "models/preprocessing.h"

namespace helder {

/// A model that a program was asked for by name: one of the zoo's (weights/zoo.h), or one of those that learn
/// digits in examples/mnist_cnn.cpp and mnist_mlp.cpp: `cnn` (or `mnist_cnn`), `lenet`, `resnet8`, `vit`,
/// `mlp`.
struct NamedModel {
  std::string name;
  std::shared_ptr<Module> module;
  Preprocessing preprocessing = {};
  int64_t channels = 3;  ///< of its pictures; 1: grey
  std::span<const std::string_view> classes = {};
};

/// Throws where there is no such model. `weights` is a file, which may be a checkpoint of a training
/// (training/checkpoint.h), or `hf:owner/name[/file][@revision]`; without it the parameters are random.
NamedModel named_model(const std::string& name, const std::string& weights);

/// Whether it is one of those that learn digits.
bool is_digit_model(std::string_view name);

/// The models' names, for --help.
std::string model_names();

/// A picture as the model wants it, [1, channels, H, W]; grey models get the mean of the colours, as MNIST
/// has it.
Tensor load_input(const NamedModel& model, const std::filesystem::path& image);

}  // namespace helder
