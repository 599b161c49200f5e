#pragma once

#include "kernels/softmax/team.cuh"

// What softmax and cross entropy take from a column first. Private to their kernels.
namespace helder::kernels {

/// The largest x of a column, or NaN if there is one. n > 0.
template <int Lanes, class T>
__device__ T column_maximum(const Team<Lanes>& team, const T* x) {
  T maximum = x[team.at(0)];
  for (int64_t k = team.first(); k < team.g.n; k += Lanes) {
    maximum = Larger{}(maximum, x[team.at(k)]);
  }
  return team.reduce(Larger{}, maximum);
}

/// The sum over a column of e^(x - shift).
template <int Lanes, class T>
__device__ T power_sum(const Team<Lanes>& team, const T* x, T shift) {
  T sum = 0;
  for (int64_t k = team.first(); k < team.g.n; k += Lanes) {
    sum += exp(x[team.at(k)] - shift);
  }
  return team.reduce(Plus{}, sum);
}

}  // namespace helder::kernels
