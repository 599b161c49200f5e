#include "layers/sequential.h"

namespace helder {

Sequential::Sequential(std::initializer_list<std::shared_ptr<Module>> modules) {
  for (const auto& module : modules) {
    push_back(module);
  }
}

Sequential& Sequential::push_back(std::shared_ptr<Module> module) {
  return push_back(std::to_string(modules_.size()), std::move(module));
}

Sequential& Sequential::push_back(const std::string& name, std::shared_ptr<Module> module) {
  check(module != nullptr, "Sequential: module '{}' is null", name);
  register_module(name, *module);
  modules_.push_back(std::move(module));
  return *this;
}

Tensor Sequential::forward(const Tensor& x) {
  Tensor y = x;
  for (const auto& module : modules_) {
    y = (*module)(y);
  }
  return y;
}

}  // namespace helder
