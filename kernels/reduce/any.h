#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// y[o, i] = whether x[o, k, i] holds for one k at least.
void any_cpu(const ReduceGeometry& g, const bool* x, bool* y);
void any_cuda(const ReduceGeometry& g, const bool* x, bool* y);

/// y[o, i] = whether x[o, k, i] holds for every k.
void all_cpu(const ReduceGeometry& g, const bool* x, bool* y);
void all_cuda(const ReduceGeometry& g, const bool* x, bool* y);

}  // namespace helder::kernels
