#include "kernels/glu/glu.h"

#include <algorithm>

#include "kernels/exp.h"
#include "tensor/parallel.h"

namespace helder::kernels {
namespace {

// Calls body(at, from, count) for the runs of y: y[at .. at + count) comes from the values at x[from] and the
// gates at x[from + inner].
template <class Body>
void for_each_run(const GluGeometry& g, const Body& body) {
  parallel_for(g.outer * g.inner, kElementGrain / 4, [&](int64_t begin, int64_t end) {  // an exp is work
    for (int64_t at = begin; at < end;) {
      const int64_t row = at / g.inner;
      const int64_t count = std::min(end, (row + 1) * g.inner) - at;
      body(at, at + row * g.inner, count);
      at += count;
    }
  });
}

}  // namespace

template <class T>
void glu_forward_cpu(const GluGeometry& g, const T* x, T* y) {
  for_each_run(g, [=](int64_t at, int64_t from, int64_t count) {
    const T* a = x + from;
    const T* b = x + from + g.inner;
    T* out = y + at;
    for (int64_t i = 0; i < count; ++i) {
      out[i] = a[i] * fast_sigmoid(b[i]);
    }
  });
}

template <class T>
void glu_backward_cpu(const GluGeometry& g, const T* x, const T* dy, T* dx) {
  for_each_run(g, [=](int64_t at, int64_t from, int64_t count) {
    const T* a = x + from;
    const T* b = x + from + g.inner;
    const T* d = dy + at;
    T* da = dx + from;
    T* db = dx + from + g.inner;
    for (int64_t i = 0; i < count; ++i) {
      const T s = fast_sigmoid(b[i]);
      da[i] = d[i] * s;
      db[i] = d[i] * a[i] * (s * (T(1) - s));
    }
  });
}

template void glu_forward_cpu(const GluGeometry&, const float*, float*);
template void glu_forward_cpu(const GluGeometry&, const double*, double*);
template void glu_backward_cpu(const GluGeometry&, const float*, const float*, float*);
template void glu_backward_cpu(const GluGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels
