#pragma once

#include "autograd/ops/add.h"
#include "layers/module.h"

namespace helder {

/// y = x + body(x): the body learns what to change, and the gradient has a way past it (He et al., "Deep
/// residual learning for image recognition", 2015, section 3.1). Where the body changes the shape, `shortcut`
/// brings x to it, y = shortcut(x) + body(x).
///
///   Residual block(make<Sequential>(...));
class Residual : public Module {
 public:
  explicit Residual(std::shared_ptr<Module> body, std::shared_ptr<Module> shortcut = nullptr)
      : body_(std::move(body)), shortcut_(std::move(shortcut)) {
    check(body_ != nullptr, "Residual: the body is null");
    register_module("body", *body_);
    if (shortcut_) {
      register_module("shortcut", *shortcut_);
    }
  }

  Tensor forward(const Tensor& x) override {
    const Tensor way_past = shortcut_ ? (*shortcut_)(x) : x;
    const Tensor change = (*body_)(x);
    check(change.shape() == way_past.shape(), "Residual: the body gives {} and the shortcut {}",
          change.shape().str(), way_past.shape().str());
    return add(way_past, change);
  }
  std::string describe() const override { return "Residual"; }

 private:
  std::shared_ptr<Module> body_, shortcut_;
};

}  // namespace helder
