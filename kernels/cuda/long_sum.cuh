#pragma once

#include "kernels/cuda/cuda.h"

namespace helder::kernels {

/// What one thread adds up, of any length: 32 terms at a time in T, and these sums in double. The error does
/// not grow with the length, and double arithmetic, slow on many GPUs, is rare.
template <class T>
class LongSum {
 public:
  __device__ void add(T term) {
    run_ += term;
    if (++terms_ == 32) {
      total_ += static_cast<double>(run_);
      run_ = T(0);
      terms_ = 0;
    }
  }
  __device__ double total() const { return total_ + static_cast<double>(run_); }

 private:
  double total_ = 0;
  T run_ = 0;
  int terms_ = 0;
};

}  // namespace helder::kernels
