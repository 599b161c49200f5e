#pragma once

// What group_norm and instance_norm share: checks, forward and backward. Private to autograd/ops/.

#include "tensor/tensor.h"

namespace helder {

/// Each channel's mean and variance (divided by n) of each picture or group, [N, groups].
struct GroupStatistics {
  Tensor mean, variance;
};

/// Throws unless `parameter` is undefined or [C], of x's type.
void check_channel_parameter(const char* op, const char* name, const Tensor& parameter, const Tensor& x);

/// Normalises each of the `groups` groups of neighbouring channels of x [N, C, ...], C a multiple of groups.
/// Writes the statistics where `statistics` is not null.
Tensor grouped_norm(const char* op, const Tensor& x, int64_t groups, const Tensor& weight, const Tensor& bias,
                    double eps, GroupStatistics* statistics = nullptr);

}  // namespace helder
