#pragma once

#include <utility>
#include <vector>

#include "layers/module.h"

namespace helder {

/// A model in eval mode for as long as this lives. Then each of its modules is again in the mode it was in,
/// also where some were frozen in eval mode and others trained, and when an exception ended it.
class EvalGuard {
 public:
  explicit EvalGuard(Module& model) {
    for (const auto& [path, module] : model.named_modules()) {
      modes_.emplace_back(module, module->is_training());
    }
    model.eval();
  }
  ~EvalGuard() {
    for (const auto& [module, training] : modes_) {  // parents come first, so that a child has the last word
      module->train(training);
    }
  }
  EvalGuard(const EvalGuard&) = delete;
  EvalGuard& operator=(const EvalGuard&) = delete;

 private:
  std::vector<std::pair<Module*, bool>> modes_;
};

/// Forward hooks that are removed again when this goes out of scope.
class ForwardHooks {
 public:
  ForwardHooks() = default;
  ~ForwardHooks() {
    for (const auto& [module, id] : hooks_) {
      module->remove_forward_hook(id);
    }
  }
  ForwardHooks(const ForwardHooks&) = delete;
  ForwardHooks& operator=(const ForwardHooks&) = delete;

  void add(Module& module, Module::ForwardHook hook) {
    hooks_.emplace_back(&module, module.register_forward_hook(std::move(hook)));
  }

 private:
  std::vector<std::pair<Module*, int>> hooks_;
};

}  // namespace helder
