#include "kernels/dropout/dropout.h"

#include "kernels/dropout/mask.h"
#include "tensor/parallel.h"

namespace helder::kernels {

static_assert(kElementGrain % kPhiloxWords == 0);  // every chunk starts at a whole group

template <class T>
void dropout_cpu(int64_t n, double p, uint64_t seed, uint64_t offset, const T* x, T* y) {
  const uint32_t threshold = drop_threshold(p);
  const T scale = keep_scale<T>(p);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    uint32_t words[kPhiloxWords];
    for (; begin < end; begin += kPhiloxWords) {
      philox_words(seed, offset + static_cast<uint64_t>(begin) / 4, words);
      const auto apply = [=, &words](int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          const T scaled = x[begin + i] * scale;
          y[begin + i] = words[i] < threshold ? T(0) : scaled;
        }
      };
      end - begin >= kPhiloxWords ? apply(kPhiloxWords) : apply(end - begin);
    }
  });
}

template void dropout_cpu(int64_t, double, uint64_t, uint64_t, const float*, float*);
template void dropout_cpu(int64_t, double, uint64_t, uint64_t, const double*, double*);

}  // namespace helder::kernels
