#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "layers/module.h"
#include "weights/name_map.h"
#include "weights/weight_file.h"

// How full-size models are compared with those of other frameworks without their weights: both sides compute
// the weights from names. tests/fixtures/synthetic_weights.py is the other side, and says more.

namespace helder::testing {

/// The numbers that go with this name and shape: float32, or int64 for a count.
Tensor synthetic_tensor(const std::string& name, const Shape& shape);

/// What a fixture says of another framework's model: tests/fixtures/models/NAME.json.
class ReferenceModel {
 public:
  explicit ReferenceModel(const std::string& name);

  /// The model's checkpoint, its tensors computed when they are read.
  std::unique_ptr<WeightFile> checkpoint() const;
  std::string name() const { return fixture_.at("model"); }
  std::string naming() const { return fixture_.at("naming"); }
  /// What the reference was given, in float32.
  Tensor input() const;

  /// CHECKs what `model`, in its own type and in eval(), computes from the input: its output and those of the
  /// modules for which the fixture has a summary, to `tolerance` times the root of their mean square.
  void check_outputs(Module& model, double tolerance) const;

 private:
  nlohmann::json fixture_;
};

/// Loads the checkpoint through `maps`, whose naming has to be the reference's or "" for the model's own,
/// and compares: in float32 to 1e-4, and in float64 to 1e-10.
void check_model(Module& model, const ReferenceModel& reference, std::span<const NameMap> maps);

}  // namespace helder::testing
