#include "training/averaging.h"

#include <algorithm>

#include "autograd/grad_mode.h"
#include "kernels/optim/average.h"
#include "layers/batch_norm.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

WeightAverage::WeightAverage(Module& module, bool average_buffers) {
  const auto add = [&](const StateDict& list, bool average) {
    for (const auto& [name, tensor] : list) {
      check(tensor.is_contiguous(), "weight average: '{}' of shape {} must be contiguous", name,
            tensor.shape().str());
      entries_.push_back(
          {name, tensor, tensor.detach().clone(), average && is_floating_point(tensor.dtype())});
    }
  };
  add(module.named_parameters(), true);
  add(module.named_buffers(), average_buffers);
}

void WeightAverage::check_types() const {
  for (const Entry& entry : entries_) {
    check(entry.value.dtype() == entry.average.dtype(),
          "weight average: '{}' is {} now, but its average {}; make the average after converting the model",
          entry.name, name_of(entry.value.dtype()), name_of(entry.average.dtype()));
    check(entry.value.device() == entry.average.device(),
          "weight average: '{}' is on {} now, but its average on {}; make the average after moving the model",
          entry.name, name_of(entry.value.device()), name_of(entry.average.device()));
  }
}

void WeightAverage::update() {
  check_types();
  check(!applied(), "weight average: restore the module's own weights before the next update");
  NoGrad guard;
  const double share = updates_ == 0 ? 1 : fresh_share(updates_);
  for (Entry& entry : entries_) {
    if (updates_ == 0 || !entry.averaged) {
      copy_elements(entry.average, entry.value.detach());
      continue;
    }
    visit_floating(entry.value.dtype(), "weight average", [&]<class T>() {
      if (entry.value.is_cpu()) {
        kernels::average_cpu(entry.value.numel(), share, entry.value.data<T>(), entry.average.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::average_cuda(entry.value.numel(), share, entry.value.cuda_data<T>(),
                              entry.average.cuda_data<T>());
      }
    });
  }
  ++updates_;
}

void WeightAverage::apply() {
  check(!applied(), "weight average: it is applied already");
  check(updates_ > 0, "weight average: there is none before the first update");
  check_types();
  NoGrad guard;
  for (Entry& entry : entries_) {
    own_.push_back(entry.value.detach().clone());
    entry.value.copy_(entry.average);
  }
}

void WeightAverage::restore() {
  check(applied(), "weight average: it is not applied");
  NoGrad guard;
  for (size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].value.copy_(own_[i]);
  }
  own_.clear();
}

StateDict WeightAverage::state_dict() const {
  StateDict state = {{"n_averaged", tensor<int64_t>({updates_})}};
  for (const Entry& entry : entries_) {
    state.emplace_back("module." + entry.name, entry.average);
  }
  return state;
}

void WeightAverage::load_state_dict(const StateDict& state) {
  const auto find = [&](const std::string& name) -> const Tensor& {
    const auto found =
        std::find_if(state.begin(), state.end(), [&](const auto& entry) { return entry.first == name; });
    check(found != state.end(), "weight average: the state has no '{}'", name);
    return found->second;
  };
  const int64_t updates = static_cast<int64_t>(find("n_averaged").item());
  for (const Entry& entry : entries_) {
    const Tensor& given = find("module." + entry.name);
    check(given.shape() == entry.average.shape(), "weight average: 'module.{}' has shape {}, expected {}",
          entry.name, given.shape().str(), entry.average.shape().str());
  }
  check(updates >= 0, "weight average: it cannot be of {} updates", updates);
  check(state.size() == entries_.size() + 1, "weight average: the state has {} tensors, expected {}",
        state.size(), entries_.size() + 1);
  for (Entry& entry : entries_) {
    copy_elements(entry.average, find("module." + entry.name));
  }
  updates_ = updates;
}

ExponentialMovingAverage::ExponentialMovingAverage(Module& module,
                                                   const ExponentialMovingAverageOptions& options)
    : WeightAverage(module, options.average_buffers), options_(options) {
  check(options.decay >= 0 && options.decay <= 1,
        "ExponentialMovingAverage: decay must lie in [0, 1], got {}", options.decay);
}

double ExponentialMovingAverage::fresh_share(int64_t updates) const {
  const auto n = static_cast<double>(updates);
  return 1 - (options_.warm_up ? std::min(options_.decay, (1 + n) / (10 + n)) : options_.decay);
}

StochasticWeightAveraging::StochasticWeightAveraging(Module& module, bool average_buffers)
    : WeightAverage(module, average_buffers) {}

double StochasticWeightAveraging::fresh_share(int64_t updates) const {
  return 1 / static_cast<double>(updates + 1);
}

namespace {

// The model in train(), its batch norms without a momentum; as before when it goes, also by an exception.
class Measuring {
 public:
  explicit Measuring(Module& model) : model_(model), was_training_(model.is_training()) {
    for (const auto& [path, module] : model.named_modules()) {
      if (auto* norm = dynamic_cast<BatchNorm*>(module)) {
        norms_.emplace_back(norm, norm->momentum());
        norm->reset_running_stats();
        norm->set_momentum(std::nullopt);
      }
    }
    model.train();
  }
  ~Measuring() {
    for (const auto& [norm, momentum] : norms_) {
      norm->set_momentum(momentum);
    }
    model_.train(was_training_);
  }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

  bool has_norms() const { return !norms_.empty(); }

 private:
  Module& model_;
  bool was_training_;
  std::vector<std::pair<BatchNorm*, std::optional<double>>> norms_;
};

}  // namespace

void update_bn(const DataLoader& loader, Module& model) {
  NoGrad guard;
  const Measuring measuring(model);
  if (measuring.has_norms()) {
    for (const Batch& batch : loader.epoch(0)) {
      model(batch.images);
    }
  }
}

}  // namespace helder
