#include "kernels/dropout/drop_rows.h"

#include <algorithm>
#include <cmath>

#include "kernels/runs.h"
#include "tensor/parallel.h"
#include "tensor/random.h"

namespace helder::kernels {

template <class T>
void drop_rows_cpu(int64_t rows, int64_t n, double p, double scale, uint64_t seed, uint64_t offset,
                   const T* x, T* y) {
  const double threshold = p < 1 ? std::round(p * 0x1p32) : 0x1p32;
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, n));
  parallel_for(rows, grain, [=](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* from = x + r * n;
      T* to = y + r * n;
      if (philox_word(seed, offset, static_cast<uint64_t>(r)) < threshold) {
        std::fill(to, to + n, T(0));
      } else {
        for_each_in_run<T>(n, [=, s = static_cast<T>(scale)](int64_t i, auto at) {
          at.store(to + i, at.load(from + i) * s);
        });
      }
    }
  });
}

template void drop_rows_cpu(int64_t, int64_t, double, double, uint64_t, uint64_t, const float*, float*);
template void drop_rows_cpu(int64_t, int64_t, double, double, uint64_t, uint64_t, const double*, double*);

}  // namespace helder::kernels
