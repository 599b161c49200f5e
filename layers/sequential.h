#pragma once

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

  size_t size() const { return modules_.size(); }
  Module& operator[](size_t i) const { return *modules_.at(i); }

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "Sequential"; }

 private:
  std::vector<std::shared_ptr<Module>> modules_;
};

}  // namespace helder
