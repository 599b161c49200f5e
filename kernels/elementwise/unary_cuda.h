#pragma once

#include <cstdint>

namespace helder::kernels {

// The loops of unary_cpu.h on the GPU. Classes, so that a .cu file instantiates all types of a function in
// one line: unary.cu does for the functions, questions.cu for the rest.

/// y[i] = f(x[i]) and dx[i] = dy[i] f'(kept[i]) for i < n.
template <class F>
struct UnaryCuda {
  static void forward(const F& f, int64_t n, const float* x, float* y);
  static void forward(const F& f, int64_t n, const double* x, double* y);
  static void backward(const F& f, int64_t n, const float* kept, const float* dy, float* dx);
  static void backward(const F& f, int64_t n, const double* kept, const double* dy, double* dx);
};

/// y[i] = f(x[i]) for other pairs of types: whole numbers, questions.
template <class F, class T, class R = T>
struct MapCuda {
  static void forward(const F& f, int64_t n, const T* x, R* y);
};

}  // namespace helder::kernels
