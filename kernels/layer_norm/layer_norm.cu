#include "kernels/layer_norm/layer_norm.h"

#include "kernels/layer_norm/rows.cuh"

namespace helder::kernels {

template <class T>
void layer_norm_forward_cuda(const LayerNormGeometry& g, double eps, const T* x, const T* weight,
                             const T* bias, T* mean, T* inverse_std, T* y) {
  normalize_rows_cuda<true>(g, eps, x, weight, bias, mean, inverse_std, y);
}

template <class T>
void layer_norm_backward_cuda(const LayerNormGeometry& g, const T* x, const T* dy, const T* mean,
                              const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias) {
  row_gradients_cuda<true>(g, x, dy, mean, inverse_std, weight, dx, dweight, dbias);
}

template void layer_norm_forward_cuda(const LayerNormGeometry&, double, const float*, const float*,
                                      const float*, float*, float*, float*);
template void layer_norm_forward_cuda(const LayerNormGeometry&, double, const double*, const double*,
                                      const double*, double*, double*, double*);
template void layer_norm_backward_cuda(const LayerNormGeometry&, const float*, const float*, const float*,
                                       const float*, const float*, float*, float*, float*);
template void layer_norm_backward_cuda(const LayerNormGeometry&, const double*, const double*, const double*,
                                       const double*, const double*, double*, double*, double*);

}  // namespace helder::kernels
