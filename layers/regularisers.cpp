#include "layers/regularisers.h"

#include "autograd/ops/drop_path.h"
#include "autograd/ops/dropout2d.h"
#include "autograd/ops/mul.h"
#include "tensor/factories.h"

namespace helder {

Dropout2d::Dropout2d(double p) : p_(p) {
  check(p >= 0 && p <= 1, "Dropout2d: p must lie in [0, 1], got {}", p);
}

Tensor Dropout2d::forward(const Tensor& x) { return dropout2d(x, p_, is_training()); }

DropPath::DropPath(double drop_prob, bool scale_by_keep)
    : drop_prob_(drop_prob), scale_by_keep_(scale_by_keep) {
  check(drop_prob >= 0 && drop_prob <= 1, "DropPath: drop_prob must lie in [0, 1], got {}", drop_prob);
}

Tensor DropPath::forward(const Tensor& x) { return drop_path(x, drop_prob_, is_training(), scale_by_keep_); }

std::string DropPath::describe() const {
  return fmt::format("DropPath({}{})", drop_prob_, scale_by_keep_ ? "" : ", scale_by_keep=false");
}

LayerScale::LayerScale(int64_t features, double init_values) : init_values_(init_values) {
  check(features >= 0, "LayerScale: the number of features must not be negative, got {}", features);
  gamma = register_parameter("gamma", full({features}, init_values));
}

Tensor LayerScale::forward(const Tensor& x) {
  check(x.rank() >= 1 && x.size(-1) == gamma.size(0), "LayerScale: expected [...,{}], got {}", gamma.size(0),
        x.shape());
  return mul(x, gamma);
}

std::string LayerScale::describe() const {
  return fmt::format("LayerScale({}, init_values={})", gamma.size(0), init_values_);
}

Tensor LayerScale2d::forward(const Tensor& x) {
  check(x.rank() == 4 && x.size(1) == gamma.size(0), "LayerScale2d: expected [N,{},H,W], got {}",
        gamma.size(0), x.shape().str());
  return mul(x, gamma.reshape({1, -1, 1, 1}));
}

std::string LayerScale2d::describe() const {
  return fmt::format("LayerScale2d({}, init_values={})", gamma.size(0), init_values_);
}

}  // namespace helder
