#pragma once

// The valley that tests/fixtures/generate_optimizers.py walks down with PyTorch, and the comparison with its
// paths.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "training/optimizer.h"
#include "training/schedule.h"

namespace helder::testing {

using Parameters = std::vector<Tensor>;

/// What the script's table PATHS says, in Helder's words.
struct Path {
  std::function<std::unique_ptr<Optimizer>(const Parameters&)> optimizer;
  std::function<std::unique_ptr<Schedule>(Optimizer&)> schedule = {};
};

/// The parameters at the start: of shapes [3], [2,3], [] and [4,2], or the two matrices.
Parameters valley_start(bool matrices, DType dtype, Device device = Device::Cpu);

/// One step: gradients of the loss, then the optimiser.
void step_down(Optimizer& optimizer, const Parameters& parameters);

/// All elements of all parameters.
std::vector<double> elements(const Parameters& parameters);

/// The script's tensor of this name.
Tensor valley_fixture(const std::string& name);

/// The names of the paths in the script's file.
std::vector<std::string> valley_paths();

/// What ReduceLROnPlateau is told after each step.
double plateau_metric(int64_t step);

/// Follows PyTorch's path of 50 steps: learning rates and parameters in float64 (to 1e-10) and in float32.
void check_path(const std::string& name, const Path& path, Device device = Device::Cpu);

}  // namespace helder::testing
