#pragma once

#include <cstdint>

#include "kernels/pair_loss/pair_loss.h"

namespace helder::kernels {

/// The loops of pair_loss_cpu.h on the GPU; pair_loss.cu instantiates them.
template <class F>
struct PairLossCuda {
  static void forward(const F& f, int64_t n, const float* x, const float* t, const float* weight,
                      float* loss);
  static void forward(const F& f, int64_t n, const double* x, const double* t, const double* weight,
                      double* loss);
  static void backward(const F& f, PairSide side, int64_t n, const float* x, const float* t,
                       const float* weight, const float* dloss, bool one_dloss, double scale, float* d);
  static void backward(const F& f, PairSide side, int64_t n, const double* x, const double* t,
                       const double* weight, const double* dloss, bool one_dloss, double scale, double* d);
};

}  // namespace helder::kernels
