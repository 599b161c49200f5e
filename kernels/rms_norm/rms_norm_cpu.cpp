#include "kernels/layer_norm/rows.h"
#include "kernels/rms_norm/rms_norm.h"

namespace helder::kernels {

template <class T>
void rms_norm_forward_cpu(const LayerNormGeometry& g, double eps, const T* x, const T* weight, T* inverse_rms,
                          T* y) {
  normalize_rows<false, T>(g, eps, x, weight, nullptr, nullptr, inverse_rms, y);
}

template <class T>
void rms_norm_backward_cpu(const LayerNormGeometry& g, const T* x, const T* dy, const T* inverse_rms,
                           const T* weight, T* dx, T* dweight) {
  row_gradients_of_all<false, T>(g, {x, dy, nullptr, inverse_rms, weight}, dx, dweight, nullptr);
}

template void rms_norm_forward_cpu(const LayerNormGeometry&, double, const float*, const float*, float*,
                                   float*);
template void rms_norm_forward_cpu(const LayerNormGeometry&, double, const double*, const double*, double*,
                                   double*);
template void rms_norm_backward_cpu(const LayerNormGeometry&, const float*, const float*, const float*,
                                    const float*, float*, float*);
template void rms_norm_backward_cpu(const LayerNormGeometry&, const double*, const double*, const double*,
                                    const double*, double*, double*);

}  // namespace helder::kernels
