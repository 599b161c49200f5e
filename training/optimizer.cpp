#include "training/optimizer.h"

#include <map>
#include <tuple>

#include "autograd/grad_mode.h"
#include "tensor/copy.h"
#include "tensor/cuda_graph.h"
#include "tensor/factories.h"

namespace helder {

void Optimizer::add_parameters(std::vector<Tensor> parameters, double* lr, double* momentum) {
  check(*lr >= 0, "optimizer: the learning rate must not be negative, got {}", *lr);
  for (Tensor& parameter : parameters) {
    check(parameter.defined(), "optimizer: parameter {} is undefined", parameters_.size());
    check(is_floating_point(parameter.dtype()),
          "optimizer: parameters must be of floating point, got {} of shape {}", name_of(parameter.dtype()),
          parameter.shape().str());
    check(parameter.is_leaf() && parameter.is_contiguous(),
          "optimizer: parameters must be contiguous leaves, got one of shape {}", parameter.shape().str());
    for (size_t i = 0; i < parameters_.size(); ++i) {
      check(parameters_[i].impl() != parameter.impl(),
            "optimizer: a parameter of shape {} is given twice, in group {} and in group {}",
            parameter.shape().str(), groups_[i], knobs_.size());
    }
    parameters_.push_back(std::move(parameter));
    groups_.push_back(knobs_.size());
    steps_.push_back(0);
  }
  knobs_.push_back({lr, momentum, {}});
}

const Optimizer::Knobs& Optimizer::knob(size_t group) const {
  check(group < knobs_.size(), "{}: there is no group {}, only {}", name(), group, knobs_.size());
  return knobs_[group];
}

void Optimizer::set_lr(size_t group, double lr) {
  check(lr >= 0, "{}: the learning rate must not be negative, got {}", name(), lr);
  *knob(group).lr = lr;
}

void Optimizer::set_lr(double lr) {
  for (size_t group = 0; group < knobs_.size(); ++group) {
    set_lr(group, lr);
  }
}

double Optimizer::momentum(size_t group) const {
  check(has_momentum(), "{} has no momentum", name());
  return *knob(group).momentum;
}

void Optimizer::set_momentum(double momentum) {
  check(has_momentum(), "{} has no momentum", name());
  for (const Knobs& group : knobs_) {
    *group.momentum = momentum;
  }
}

double Optimizer::initial_lr(size_t group) {
  const double now = lr(group);
  std::optional<double>& initial = knobs_[group].initial_lr;
  if (!initial) {
    initial = now;
  }
  return *initial;
}

void Optimizer::check_buffers(size_t i) const {
  for (const auto& buffers : buffers_) {
    if (const Tensor& buffer = buffers->tensors[i]; buffer.defined()) {
      check(buffer.dtype() == parameters_[i].dtype(),
            "{}: '{}.{}' is {}, but its parameter is {}; make the optimiser after converting the model",
            name(), buffers->name, i, name_of(buffer.dtype()), name_of(parameters_[i].dtype()));
      check(buffer.device() == parameters_[i].device(),
            "{}: '{}.{}' is on {}, but its parameter on {}; make the optimiser after moving the model",
            name(), buffers->name, i, name_of(buffer.device()), name_of(parameters_[i].device()));
    }
  }
}

void Optimizer::step() {
  NoGrad guard;
  std::vector<Update> on_gpu;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (const Tensor grad = parameters_[i].grad(); grad.defined()) {
      check_buffers(i);
      parameters_[i].mark_changed("optimizer step");
      if (parameters_[i].is_cuda()) {
        on_gpu.push_back({i, parameters_[i], contiguous_copy(grad)});
        continue;
      }
      ++steps_[i];
      update(i, parameters_[i], contiguous_copy(grad));
    }
  }
  for (const std::vector<Update>& updates : together(std::move(on_gpu))) {
    if (cuda::is_capturing()) {
      capture(updates);
      continue;
    }
    for (const Update& one : updates) {
      ++steps_[one.i];
    }
    update_together(updates, {});
  }
}

// Those of one type, group and number of steps, in the order of the parameters.
std::vector<std::vector<Optimizer::Update>> Optimizer::together(std::vector<Update> updates) const {
  std::map<std::tuple<DType, size_t, int64_t>, std::vector<Update>> sorted;
  for (Update& one : updates) {
    sorted[{one.parameter.dtype(), groups_[one.i], steps_[one.i]}].push_back(std::move(one));
  }
  std::vector<std::vector<Update>> result;
  for (auto& [key, list] : sorted) {
    result.push_back(std::move(list));
  }
  return result;
}

void Optimizer::update_together(std::span<const Update> updates, const Tensor&) {
  for (const Update& one : updates) {
    update(one.i, one.parameter, one.grad);
  }
}

// Nothing happens now: each replay is a step.
void Optimizer::capture(const std::vector<Update>& updates) {
  check(factor_count() > 0,
        "{}: it cannot be captured in a graph, where its learning rate would stay; SGD, "
        "Adam and AdamW can",
        name());
  check(steps_[updates.front().i] > 0,
        "{}: take a step before a graph is captured, so that its buffers exist", name());
  const Tensor& first = updates.front().parameter;
  Tensor factors;
  {
    const cuda::OutsideGraph guard;
    factors = empty({factor_count()}, first.dtype(), first.device());
  }
  std::vector<size_t> members;
  for (const Update& one : updates) {
    members.push_back(one.i);
  }
  cuda::capturing_graph()->before_replay([this, members, factors, alive = std::weak_ptr(alive_)] {
    check(!alive.expired(), "CudaGraph: the optimiser whose step was captured is gone");
    for (const size_t i : members) {
      ++steps_[i];
    }
    store_factors(members.front(), factors);
  });
  update_together(updates, factors);
}

void Optimizer::zero_grad() {
  for (Tensor& parameter : parameters_) {
    parameter.set_grad({});
  }
}

std::vector<Tensor>& Optimizer::add_buffers(const char* name, bool always) {
  buffers_.push_back(
      std::make_unique<Buffers>(Buffers{name, always, std::vector<Tensor>(parameters_.size())}));
  return buffers_.back()->tensors;
}

StateDict Optimizer::state_dict() const {
  std::vector<double> rates;
  for (const Knobs& group : knobs_) {
    rates.push_back(*group.lr);
  }
  StateDict state = {{"steps", from_data(steps_, {static_cast<int64_t>(steps_.size())})},
                     {"lr", from_data(rates, {static_cast<int64_t>(rates.size())})}};
  for (const auto& buffers : buffers_) {
    for (size_t i = 0; i < buffers->tensors.size(); ++i) {
      if (buffers->tensors[i].defined()) {
        state.emplace_back(fmt::format("{}.{}", buffers->name, i), buffers->tensors[i]);
      }
    }
  }
  std::vector<double> initial;
  for (const Knobs& group : knobs_) {
    if (group.initial_lr) {  // schedules ask for all groups' or for none
      initial.push_back(*group.initial_lr);
    }
  }
  if (!initial.empty()) {
    state.emplace_back("initial_lr", from_data(initial, {static_cast<int64_t>(initial.size())}));
  }
  return state;
}

void Optimizer::load_state_dict(const StateDict& state) {
  std::vector<int64_t> steps;
  std::vector<double> rates, initial;
  std::map<Tensor*, Tensor> found;
  for (const auto& [name, tensor] : state) {
    if (name == "steps") {
      check(tensor.numel() == static_cast<int64_t>(parameters_.size()),
            "optimizer: 'steps' counts {} parameters, but there are {}", tensor.numel(), parameters_.size());
      steps = tensor.to_vector<int64_t>();
      continue;
    }
    if (name == "lr" || name == "initial_lr") {
      check(tensor.numel() == static_cast<int64_t>(knobs_.size()),
            "optimizer: '{}' is of {} groups of parameters, but there are {}", name, tensor.numel(),
            knobs_.size());
      (name == "lr" ? rates : initial) = tensor.to_vector<double>();
      continue;
    }
    bool known = false;
    for (const auto& buffers : buffers_) {
      for (size_t i = 0; i < parameters_.size() && !known; ++i) {
        if (name == fmt::format("{}.{}", buffers->name, i)) {
          check(tensor.shape() == parameters_[i].shape(),
                "optimizer: '{}' has shape {}, but its parameter has {}", name, tensor.shape().str(),
                parameters_[i].shape().str());
          found[&buffers->tensors[i]] = copied_to(
              converted_copy(tensor.detach().clone(), parameters_[i].dtype()), parameters_[i].device());
          known = true;
        }
      }
    }
    check(known, "optimizer: '{}' is not part of the state of {} over {} parameters", name, this->name(),
          parameters_.size());
  }
  check(!steps.empty(), "optimizer: the state has no 'steps'");
  for (size_t i = 0; i < steps.size(); ++i) {
    check(steps[i] >= 0, "optimizer: parameter {} cannot have had {} steps", i, steps[i]);
    for (const auto& buffers : buffers_) {
      check(steps[i] == 0 || !buffers->always || found.count(&buffers->tensors[i]) == 1,
            "optimizer: the state has no '{}.{}', which {} has after {} steps", buffers->name, i,
            this->name(), steps[i]);
    }
  }
  for (double rate : rates) {
    check(rate >= 0, "optimizer: the learning rate must not be negative, got {}", rate);
  }

  for (const auto& buffers : buffers_) {
    buffers->tensors.assign(parameters_.size(), Tensor());
  }
  for (const auto& [buffer, tensor] : found) {
    *buffer = tensor;
  }
  steps_ = steps;
  for (size_t group = 0; group < rates.size(); ++group) {
    *knobs_[group].lr = rates[group];
  }
  for (size_t group = 0; group < initial.size(); ++group) {
    knobs_[group].initial_lr = initial[group];
  }
}

}  // namespace helder
