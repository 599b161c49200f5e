#pragma once

#include <cstdint>

#include "kernels/elementwise/functor.h"
#include "kernels/stream.h"
#include "tensor/parallel.h"

namespace helder::kernels {

/// y[i] = f(x[i]) for i < n. R is T, or bool for a question.
template <class F, class T, class R>
void unary_forward_cpu(const F& f, int64_t n, const T* x, R* y) {
  const bool streamed = is_streamed<R>(n);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    write_run(streamed, end - begin, y + begin, [=](int64_t at, int64_t count, R* out) {
      for (int64_t i = 0; i < count; ++i) {
        out[i] = f.forward(x[begin + at + i]);
      }
    });
  });
}

/// dx[i] = dy[i] * f'(x[i]) for i < n.
template <class F, class T>
void unary_backward_cpu(const F& f, int64_t n, const T* kept, const T* dy, T* dx) {
  const bool streamed = is_streamed<T>(n);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    write_run(streamed, end - begin, dx + begin, [=](int64_t at, int64_t count, T* out) {
      for (int64_t i = 0; i < count; ++i) {
        out[i] = dy[begin + at + i] * f.derivative(kept[begin + at + i]);
      }
    });
  });
}

}  // namespace helder::kernels
