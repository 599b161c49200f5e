#include "kernels/pair_loss/targets.h"

namespace helder::kernels {

template <class T>
int64_t first_no_probability_cpu(int64_t n, const T* x) {
  for (int64_t i = 0; i < n; ++i) {
    if (!(x[i] >= 0 && x[i] <= 1)) {
      return i;
    }
  }
  return -1;
}

template <class T>
int64_t first_no_sign_cpu(int64_t n, const T* y) {
  for (int64_t i = 0; i < n; ++i) {
    if (y[i] != T(1) && y[i] != T(-1)) {
      return i;
    }
  }
  return -1;
}

template int64_t first_no_probability_cpu(int64_t, const float*);
template int64_t first_no_probability_cpu(int64_t, const double*);
template int64_t first_no_sign_cpu(int64_t, const float*);
template int64_t first_no_sign_cpu(int64_t, const double*);

}  // namespace helder::kernels
