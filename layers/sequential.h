#pragma once

#include <span>

#include "layers/module.h"

namespace helder {

/// Modules one after another, named 0, 1, 2, ... as in PyTorch, or by names of their own.
///
///   Sequential net{make<Linear>(784, 128), make<ReLU>(), make<Linear>(128, 10)};
class Sequential : public Module {
 public:
  Sequential() = default;
  Sequential(std::initializer_list<std::shared_ptr<Module>> modules);

  Sequential& push_back(std::shared_ptr<Module> module);
  Sequential& push_back(const std::string& name, std::shared_ptr<Module> module);
  /// All modules of another one behind those of this one, which both then use.
  Sequential& extend(const Sequential& other);

  size_t size() const { return modules_.size(); }
  bool empty() const { return modules_.empty(); }
  /// Counts from the end when negative.
  Module& operator[](int64_t i) const;
  Module& operator[](const std::string& name) const;
  /// `for (const auto& module : net.modules())`
  std::span<const std::shared_ptr<Module>> modules() const { return modules_; }

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "Sequential"; }

 private:
  std::vector<std::shared_ptr<Module>> modules_;
};

}  // namespace helder
