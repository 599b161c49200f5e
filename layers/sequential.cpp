#include "layers/sequential.h"

#include "layers/fused_conv2d.h"

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

Sequential& Sequential::extend(const Sequential& other) {
  for (const auto& module : std::vector(other.modules_)) {  // a copy: `other` may be this one
    push_back(module);
  }
  return *this;
}

Module& Sequential::operator[](int64_t i) const {
  const int64_t n = static_cast<int64_t>(size());
  check(-n <= i && i < n, "Sequential: there is no module {} among {}", i, n);
  return *modules_[static_cast<size_t>(i < 0 ? i + n : i)];
}

Module& Sequential::operator[](const std::string& name) const {
  for (const auto& [key, module] : children()) {
    if (key == name) {
      return *module;
    }
  }
  fail("Sequential: there is no module '{}' among {}", name, size());
}

Tensor Sequential::forward(const Tensor& x) {
  Tensor y = x;
  for (size_t i = 0; i < modules_.size();) {
    // Under NoGrad a convolution takes a batch norm and a ReLU that follow into its own pass.
    if (const FusedRun run = fused_run(modules_, i); run.modules > 1) {
      y = run(y);
      i += run.modules;
    } else {
      y = (*modules_[i++])(y);
    }
  }
  return y;
}

}  // namespace helder
