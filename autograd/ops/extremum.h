#pragma once

// What max and min share. Private to autograd/ops/.

#include <utility>

#include "autograd/ops/reduction_plan.h"

namespace helder {

/// The extreme values along one dimension and their indices.
std::pair<Tensor, Tensor> extremum(const char* operation, kernels::Order order, const Tensor& x, int64_t dim,
                                   bool keepdim);

/// The extreme values over several dimensions.
Tensor extremum_value(const char* operation, kernels::Order order, const Tensor& x, const Shape& dims,
                      bool keepdim);

}  // namespace helder
