#include "kernels/rms_norm/rms_norm.h"

#include "kernels/layer_norm/rows.cuh"

namespace helder::kernels {

template <class T>
void rms_norm_forward_cuda(const LayerNormGeometry& g, double eps, const T* x, const T* weight,
                           T* inverse_rms, T* y) {
  normalize_rows_cuda<false, T>(g, eps, x, weight, nullptr, nullptr, inverse_rms, y);
}

template <class T>
void rms_norm_backward_cuda(const LayerNormGeometry& g, const T* x, const T* dy, const T* inverse_rms,
                            const T* weight, T* dx, T* dweight) {
  row_gradients_cuda<false, T>(g, x, dy, nullptr, inverse_rms, weight, dx, dweight, nullptr);
}

template void rms_norm_forward_cuda(const LayerNormGeometry&, double, const float*, const float*, float*,
                                    float*);
template void rms_norm_forward_cuda(const LayerNormGeometry&, double, const double*, const double*, double*,
                                    double*);
template void rms_norm_backward_cuda(const LayerNormGeometry&, const float*, const float*, const float*,
                                     const float*, float*, float*);
template void rms_norm_backward_cuda(const LayerNormGeometry&, const double*, const double*, const double*,
                                     const double*, double*, double*);

}  // namespace helder::kernels
