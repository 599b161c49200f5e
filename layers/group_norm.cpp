#include "layers/group_norm.h"

#include "autograd/ops/group_norm.h"
#include "tensor/factories.h"

namespace helder {

GroupNorm::GroupNorm(int64_t num_groups, int64_t num_channels, const GroupNormOptions& options)
    : groups_(num_groups), channels_(num_channels), options_(options) {
  check(num_groups > 0 && num_channels >= 0 && num_channels % num_groups == 0,
        "GroupNorm: {} channels do not divide into {} groups", num_channels, num_groups);
  if (options.affine) {
    weight = register_parameter("weight", ones({num_channels}));
    bias = register_parameter("bias", zeros({num_channels}));
  }
}

Tensor GroupNorm::forward(const Tensor& x) {
  check(x.rank() >= 2 && x.size(1) == channels_, "GroupNorm: expected [N,{},...], got {}", channels_,
        x.shape());
  return group_norm(x, groups_, weight, bias, options_.eps);
}

std::string GroupNorm::describe() const {
  return fmt::format("GroupNorm({}, {}{}{})", groups_, channels_,
                     options_.eps == 1e-5 ? "" : fmt::format(", eps={}", options_.eps),
                     options_.affine ? "" : ", affine=false");
}

}  // namespace helder
