#include "kernels/nonzero/nonzero.h"

#include "tensor/dtype.h"
#include "tensor/parallel.h"
#include "tensor/shape.h"

namespace helder::kernels {

template <class T>
std::vector<int64_t> nonzero_starts_cpu(int64_t n, const T* x) {
  std::vector<int64_t> starts(static_cast<size_t>((n + kElementGrain - 1) / kElementGrain) + 1);
  int64_t* counts = starts.data() + 1;
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    int64_t count = 0;
    for (int64_t i = begin; i < end; ++i) {
      count += is_nonzero(x[i]);
    }
    counts[begin / kElementGrain] = count;
  });
  for (size_t chunk = 1; chunk < starts.size(); ++chunk) {
    starts[chunk] += starts[chunk - 1];
  }
  return starts;
}

template <class T>
void nonzero_cpu(int64_t n, const T* x, const std::vector<int64_t>& starts, int64_t* positions) {
  parallel_for(n, kElementGrain, [&](int64_t begin, int64_t end) {
    int64_t* to = positions + starts[static_cast<size_t>(begin / kElementGrain)];
    for (int64_t i = begin; i < end; ++i) {
      if (is_nonzero(x[i])) {
        *to++ = i;
      }
    }
  });
}

void unravel_cpu(const Shape& shape, int64_t count, const int64_t* positions, int64_t* index) {
  const int rank = shape.rank();
  parallel_for(count, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t m = begin; m < end; ++m) {
      int64_t rest = positions[m];
      for (int d = rank - 1; d >= 0; --d) {
        index[m * rank + d] = rest % shape[d];
        rest /= shape[d];
      }
    }
  });
}

template std::vector<int64_t> nonzero_starts_cpu(int64_t, const bool*);
template std::vector<int64_t> nonzero_starts_cpu(int64_t, const uint8_t*);
template std::vector<int64_t> nonzero_starts_cpu(int64_t, const int64_t*);
template std::vector<int64_t> nonzero_starts_cpu(int64_t, const Float16*);
template std::vector<int64_t> nonzero_starts_cpu(int64_t, const BFloat16*);
template std::vector<int64_t> nonzero_starts_cpu(int64_t, const float*);
template std::vector<int64_t> nonzero_starts_cpu(int64_t, const double*);
template void nonzero_cpu(int64_t, const bool*, const std::vector<int64_t>&, int64_t*);
template void nonzero_cpu(int64_t, const uint8_t*, const std::vector<int64_t>&, int64_t*);
template void nonzero_cpu(int64_t, const int64_t*, const std::vector<int64_t>&, int64_t*);
template void nonzero_cpu(int64_t, const Float16*, const std::vector<int64_t>&, int64_t*);
template void nonzero_cpu(int64_t, const BFloat16*, const std::vector<int64_t>&, int64_t*);
template void nonzero_cpu(int64_t, const float*, const std::vector<int64_t>&, int64_t*);
template void nonzero_cpu(int64_t, const double*, const std::vector<int64_t>&, int64_t*);

}  // namespace helder::kernels
