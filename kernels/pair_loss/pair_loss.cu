// The losses of pairs on the GPU.

#include "kernels/cuda/grid_stride.h"
#include "kernels/pair_loss/binary_cross_entropy.h"
#include "kernels/pair_loss/huber_loss.h"
#include "kernels/pair_loss/kl_div.h"
#include "kernels/pair_loss/l1_loss.h"
#include "kernels/pair_loss/mse_loss.h"
#include "kernels/pair_loss/pair_loss_cuda.h"
#include "kernels/pair_loss/sigmoid_focal_loss.h"
#include "kernels/pair_loss/smooth_l1_loss.h"

namespace helder::kernels {
namespace {

// loss[i] = weight[i] f(x[i], t[i]).
template <class F, class T>
__global__ void __launch_bounds__(kBlockThreads)
    pair_loss_forward(F f, int64_t n, const T* x, const T* t, const T* weight, T* loss) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    loss[i] = f.forward(x[i], t[i]) * (weight ? weight[i] : T(1));
  }
}

// d[i] = scale dloss[i] weight[i] f'(x[i], t[i]).
template <PairSide kSide, class F, class T>
__global__ void __launch_bounds__(kBlockThreads)
    pair_loss_backward(F f, int64_t n, const T* x, const T* t, const T* weight, const T* dloss,
                       bool one_dloss, T scale, T* d) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T slope = kSide == PairSide::X ? f.dx(x[i], t[i]) : f.dt(x[i], t[i]);
    d[i] = scale * dloss[one_dloss ? 0 : i] * slope * (weight ? weight[i] : T(1));
  }
}

template <class F, class T>
void forward_of(const F& f, int64_t n, const T* x, const T* t, const T* weight, T* loss) {
  launch<pair_loss_forward<F, T>>(grid_for(n), f, n, x, t, weight, loss);
}

template <class F, class T>
void backward_of(const F& f, PairSide side, int64_t n, const T* x, const T* t, const T* weight,
                 const T* dloss, bool one_dloss, double scale, T* d) {
  const T factor = static_cast<T>(scale);
  if (side == PairSide::X) {
    launch<pair_loss_backward<PairSide::X, F, T>>(grid_for(n), f, n, x, t, weight, dloss, one_dloss, factor,
                                                  d);
  } else {
    launch<pair_loss_backward<PairSide::Target, F, T>>(grid_for(n), f, n, x, t, weight, dloss, one_dloss,
                                                       factor, d);
  }
}

}  // namespace

template <class F>
void PairLossCuda<F>::forward(const F& f, int64_t n, const float* x, const float* t, const float* weight,
                              float* loss) {
  forward_of(f, n, x, t, weight, loss);
}
template <class F>
void PairLossCuda<F>::forward(const F& f, int64_t n, const double* x, const double* t, const double* weight,
                              double* loss) {
  forward_of(f, n, x, t, weight, loss);
}
template <class F>
void PairLossCuda<F>::backward(const F& f, PairSide side, int64_t n, const float* x, const float* t,
                               const float* weight, const float* dloss, bool one_dloss, double scale,
                               float* d) {
  backward_of(f, side, n, x, t, weight, dloss, one_dloss, scale, d);
}
template <class F>
void PairLossCuda<F>::backward(const F& f, PairSide side, int64_t n, const double* x, const double* t,
                               const double* weight, const double* dloss, bool one_dloss, double scale,
                               double* d) {
  backward_of(f, side, n, x, t, weight, dloss, one_dloss, scale, d);
}

template struct PairLossCuda<BinaryCrossEntropy>;
template struct PairLossCuda<HuberLoss>;
template struct PairLossCuda<KlDiv>;
template struct PairLossCuda<KlDivOfLogs>;
template struct PairLossCuda<L1Loss>;
template struct PairLossCuda<MseLoss>;
template struct PairLossCuda<SigmoidFocalLoss>;
template struct PairLossCuda<SmoothL1Loss>;

}  // namespace helder::kernels
