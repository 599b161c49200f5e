#include "training/freeze.h"

#include <fmt/format.h>

#include <algorithm>

#include "weights/name_map.h"

namespace helder {
namespace {

void collect_frozen(Module& module, std::vector<Module*>& frozen) {
  if (module.parameters().empty()) {
    return;  // a relu does not mind; dropout between layers that learn stays as it is
  }
  if (trainable_parameters(module).empty()) {
    module.eval();
    frozen.push_back(&module);
    return;
  }
  for (const auto& [name, child] : module.children()) {
    collect_frozen(*child, frozen);
  }
}

}  // namespace

std::vector<Module*> freeze(Module& model, const std::vector<std::string_view>& leave_out) {
  const StateDict parameters = model.named_parameters();
  std::vector<Tensor> done;
  for (const auto& parameter : parameters) {
    if (std::none_of(leave_out.begin(), leave_out.end(),
                     [&](std::string_view pattern) { return matches(pattern, parameter.first); })) {
      done.push_back(parameter.second);
    }
  }
  check(!done.empty() && done.size() < parameters.size(), "freeze: '{}' names {} of the {} parameters of {}",
        fmt::join(leave_out, "', '"), parameters.size() - done.size(), parameters.size(), model.describe());
  for (Tensor& parameter : done) {
    parameter.requires_grad_(false);
  }
  std::vector<Module*> frozen;
  collect_frozen(model, frozen);
  return frozen;
}

std::vector<Tensor> trainable_parameters(const Module& model) {
  std::vector<Tensor> result;
  for (const Tensor& parameter : model.parameters()) {
    if (parameter.requires_grad()) {
      result.push_back(parameter);
    }
  }
  return result;
}

}  // namespace helder
