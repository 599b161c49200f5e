#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/attention/ladder/ladder.h"

namespace helder::kernels::ladder {

// Three steps over the whole matrix of scores, one after the other. It is S / E times as large as q: with
// 2048 queries and keys of 64 features, 16 MiB of floats a head are written and read three times.
template <class T>
void attention_naive(int64_t L, int64_t S, int64_t E, int64_t Ev, T scale, const T* q, const T* k, const T* v,
                     T* out) {
  std::vector<T> scores(static_cast<size_t>(L * S));
  for (int64_t i = 0; i < L; ++i) {
    for (int64_t j = 0; j < S; ++j) {
      T sum = 0;
      for (int64_t e = 0; e < E; ++e) {
        sum += q[i * E + e] * k[j * E + e];
      }
      scores[static_cast<size_t>(i * S + j)] = scale * sum;
    }
  }
  for (int64_t i = 0; i < L; ++i) {
    T* row = scores.data() + i * S;
    const T largest = *std::max_element(row, row + S);
    T total = 0;
    for (int64_t j = 0; j < S; ++j) {
      row[j] = std::exp(row[j] - largest);
      total += row[j];
    }
    for (int64_t j = 0; j < S; ++j) {
      row[j] /= total;
    }
  }
  for (int64_t i = 0; i < L; ++i) {
    for (int64_t e = 0; e < Ev; ++e) {
      T sum = 0;
      for (int64_t j = 0; j < S; ++j) {
        sum += scores[static_cast<size_t>(i * S + j)] * v[j * Ev + e];
      }
      out[i * Ev + e] = sum;
    }
  }
}

template void attention_naive(int64_t, int64_t, int64_t, int64_t, float, const float*, const float*,
                              const float*, float*);
template void attention_naive(int64_t, int64_t, int64_t, int64_t, double, const double*, const double*,
                              const double*, double*);

}  // namespace helder::kernels::ladder
