#include "training/optimizer.h"

#include "autograd/grad_mode.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

namespace helder {

Optimizer::Optimizer(std::vector<Tensor> parameters, double lr)
    : parameters_(std::move(parameters)), lr_(lr), steps_(parameters_.size()) {
  check(!parameters_.empty(), "optimizer: there are no parameters to train");
  check(lr >= 0, "optimizer: the learning rate must not be negative, got {}", lr);
  for (const Tensor& parameter : parameters_) {
    check(parameter.is_leaf() && parameter.is_contiguous(),
          "optimizer: parameters must be contiguous leaves, got one of shape {}", parameter.shape().str());
  }
}

void Optimizer::step() {
  NoGrad guard;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (const Tensor grad = parameters_[i].grad(); grad.defined()) {
      parameters_[i].mark_changed("optimizer step");
      ++steps_[i];
      update(i, parameters_[i], contiguous_copy(grad));
    }
  }
}

void Optimizer::zero_grad() {
  for (Tensor& parameter : parameters_) {
    parameter.set_grad({});
  }
}

std::vector<Tensor>& Optimizer::add_buffers(const char* name) {
  buffers_.push_back(std::make_unique<Buffers>(Buffers{name, std::vector<Tensor>(parameters_.size())}));
  return buffers_.back()->tensors;
}

StateDict Optimizer::state_dict() const {
  StateDict state = {{"steps", from_data(steps_, {static_cast<int64_t>(steps_.size())})}};
  for (const auto& buffers : buffers_) {
    for (size_t i = 0; i < buffers->tensors.size(); ++i) {
      if (buffers->tensors[i].defined()) {
        state.emplace_back(fmt::format("{}.{}", buffers->name, i), buffers->tensors[i]);
      }
    }
  }
  return state;
}

void Optimizer::load_state_dict(const StateDict& state) {
  std::vector<int64_t> steps;
  std::vector<std::pair<Tensor*, Tensor>> found;
  for (const auto& [name, tensor] : state) {
    if (name == "steps") {
      check(tensor.numel() == static_cast<int64_t>(parameters_.size()),
            "optimizer: 'steps' counts {} parameters, but there are {}", tensor.numel(), parameters_.size());
      steps = tensor.to_vector<int64_t>();
      continue;
    }
    bool known = false;
    for (const auto& buffers : buffers_) {
      for (size_t i = 0; i < parameters_.size() && !known; ++i) {
        if (name == fmt::format("{}.{}", buffers->name, i)) {
          check(tensor.shape() == parameters_[i].shape(),
                "optimizer: '{}' has shape {}, but its parameter has {}", name, tensor.shape().str(),
                parameters_[i].shape().str());
          found.emplace_back(&buffers->tensors[i], tensor);
          known = true;
        }
      }
    }
    check(known, "optimizer: '{}' is not part of the state of {} over {} parameters", name, this->name(),
          parameters_.size());
  }
  check(!steps.empty(), "optimizer: the state has no 'steps'");

  for (const auto& buffers : buffers_) {
    buffers->tensors.assign(parameters_.size(), Tensor());
  }
  for (const auto& [buffer, tensor] : found) {
    *buffer = tensor.detach().clone();
  }
  steps_ = steps;
}

}  // namespace helder
