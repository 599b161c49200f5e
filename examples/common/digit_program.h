#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "autograd/matmul_precision.h"
#include "data/digits.h"
#include "layers/module.h"
#include "training/trainer.h"

namespace helder {

/// How a program trains unless flags say otherwise.
struct TrainingRecipe {
  int64_t epochs = 1;
  int64_t batch_size = 64;
  std::string optimizer = "adam";  ///< sgd (momentum 0.9), adam or adamw
  double lr = 1e-3;                ///< the peak of a one-cycle schedule
  int64_t accumulate = 1;          ///< batches a step
};

struct DigitModel {
  std::string architecture;
  std::shared_ptr<Module> module;
};

/// What the programs that learn digits share: flags, the loop around the training loop, and the report
/// afterwards.
///
/// Exit codes: 0, 1 on an error, 2 on a wrong flag, 130 when Ctrl-C ended the training (which was saved).
class DigitProgram {
 public:
  DigitProgram(std::string name, const std::string& description, TrainingRecipe recipe);

  /// For flags of the program's own.
  CLI::App& flags() { return flags_; }

  /// `make_model` is called after the seed is set.
  int run(int argc, char** argv, const std::function<DigitModel()>& make_model);

 private:
  int train(const std::function<DigitModel()>& make_model);
  DigitData load_data() const;
  std::unique_ptr<Optimizer> make_optimizer(const Module& model) const;
  nlohmann::json recipe_json(const DigitData& data) const;
  void report(Module& model, const DigitModel& description, const DigitData& data, const Trainer& trainer,
              const DataLoader& test_loader) const;
  int stop_interrupted(const Trainer& trainer) const;

  std::string name_;
  CLI::App flags_;
  TrainingRecipe recipe_;
  std::filesystem::path data_, save_, resume_, json_, plot_, tensorboard_, trace_;
  uint64_t seed_ = 1;
  int threads_ = 0;
  Device device_ = Device::Cpu;
  bool graph_ = false;
  MatmulPrecision precision_ = MatmulPrecision::Highest;
  DigitCounts counts_;
  bool synthetic_ = false;
};

}  // namespace helder
