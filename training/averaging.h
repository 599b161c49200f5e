#pragma once

#include "data/loader.h"
#include "layers/module.h"

namespace helder {

/// A running average of a module's parameters, beside the parameters themselves: it moves through the same
/// valley with less noise, and often classifies better. What torch.optim.swa_utils.AveragedModel does,
/// without a second module: the average is put into the module for as long as it is wanted there.
class WeightAverage {
 public:
  virtual ~WeightAverage() = default;
  WeightAverage(const WeightAverage&) = delete;
  WeightAverage& operator=(const WeightAverage&) = delete;

  /// Takes in the module's present weights; the first time it copies them. Buffers are averaged too or, as
  /// are all integer ones, copied.
  void update();
  int64_t updates() const { return updates_; }

  /// Puts the average into the module and keeps the module's own weights until `restore`.
  void apply();
  void restore();
  bool applied() const { return !own_.empty(); }

  /// "n_averaged" and "module.fc1.weight", ..., the names of PyTorch's AveragedModel. Shares storage.
  StateDict state_dict() const;
  /// Throws, and changes nothing, unless names and shapes are those of the module's weights.
  void load_state_dict(const StateDict& state);

 protected:
  WeightAverage(Module& module, bool average_buffers);

  /// The share that new weights get in the average after `updates` >= 1 others.
  virtual double fresh_share(int64_t updates) const = 0;

 private:
  struct Entry {
    std::string name;
    Tensor value;    // the module's
    Tensor average;  // contiguous
    bool averaged;   // or copied
  };

  // Where the module was converted to another type, the average cannot follow.
  void check_types() const;

  std::vector<Entry> entries_;
  std::vector<Tensor> own_;  // the module's weights while the average is applied
  int64_t updates_ = 0;
};

struct ExponentialMovingAverageOptions {
  double decay = 0.999;  ///< the average's own share: about 1 / (1 - decay) updates are remembered
  bool warm_up =
      false;  ///< decay = min(decay, (1 + n) / (10 + n)) after n updates: the start is forgotten soon
  bool average_buffers =
      true;  ///< batch norm's running statistics as well; PyTorch's default is to copy them
};

/// average = decay average + (1 - decay) weights (Polyak and Juditsky, 1992), as get_ema_multi_avg_fn has it.
class ExponentialMovingAverage : public WeightAverage {
 public:
  explicit ExponentialMovingAverage(Module& module, const ExponentialMovingAverageOptions& options = {});

 protected:
  double fresh_share(int64_t updates) const override;

 private:
  ExponentialMovingAverageOptions options_;
};

/// The plain mean of all weights that it was shown, one set an epoch at a high learning rate (Izmailov et
/// al., "Averaging weights leads to wider optima", 2018; swa_lr.h has the schedule). Afterwards, with the
/// average applied, `update_bn` computes the running statistics that belong to it.
class StochasticWeightAveraging : public WeightAverage {
 public:
  explicit StochasticWeightAveraging(Module& module, bool average_buffers = false);

 protected:
  double fresh_share(int64_t updates) const override;
};

/// The module has its average while one of these lives.
class AppliedAverage {
 public:
  explicit AppliedAverage(WeightAverage& average) : average_(average) { average.apply(); }
  ~AppliedAverage() { average_.restore(); }
  AppliedAverage(const AppliedAverage&) = delete;
  AppliedAverage& operator=(const AppliedAverage&) = delete;

 private:
  WeightAverage& average_;
};

/// Sets the running statistics of every batch norm in the model to their mean over one pass over the loader's
/// images, in the order of epoch 0, each batch with the same share. Nothing else is changed.
void update_bn(const DataLoader& loader, Module& model);

}  // namespace helder
