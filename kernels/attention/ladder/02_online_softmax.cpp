#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/attention/ladder/ladder.h"

namespace helder::kernels::ladder {

// A query meets one key after the other. What it has to remember is the largest score m so far, the sum l of
// e^(score - m), and the same sum of e^(score - m) v. A new largest score m' changes what was subtracted, and
// that is a factor: e^(score - m') = e^(score - m) e^(m - m'). In the end, out = sum / l.
template <class T>
void attention_online(int64_t L, int64_t S, int64_t E, int64_t Ev, T scale, const T* q, const T* k,
                      const T* v, T* out) {
  for (int64_t i = 0; i < L; ++i) {
    T m = -std::numeric_limits<T>::infinity();
    T l = 0;
    T* sum = out + i * Ev;
    std::fill(sum, sum + Ev, T(0));
    for (int64_t j = 0; j < S; ++j) {
      T score = 0;
      for (int64_t e = 0; e < E; ++e) {
        score += q[i * E + e] * k[j * E + e];
      }
      score *= scale;
      if (score > m) {
        const T factor = std::exp(m - score);  // 0 at the first key
        l *= factor;
        for (int64_t e = 0; e < Ev; ++e) {
          sum[e] *= factor;
        }
        m = score;
      }
      const T weight = std::exp(score - m);
      l += weight;
      for (int64_t e = 0; e < Ev; ++e) {
        sum[e] += weight * v[j * Ev + e];
      }
    }
    for (int64_t e = 0; e < Ev; ++e) {
      sum[e] /= l;
    }
  }
}

template void attention_online(int64_t, int64_t, int64_t, int64_t, float, const float*, const float*,
                               const float*, float*);
template void attention_online(int64_t, int64_t, int64_t, int64_t, double, const double*, const double*,
                               const double*, double*);

}  // namespace helder::kernels::ladder
