// The differentiable functions of one number on the GPU.

#include "kernels/elementwise/abs.h"
#include "kernels/elementwise/atan.h"
#include "kernels/elementwise/clamp.h"
#include "kernels/elementwise/cos.h"
#include "kernels/elementwise/elu.h"
#include "kernels/elementwise/erf.h"
#include "kernels/elementwise/exp.h"
#include "kernels/elementwise/expm1.h"
#include "kernels/elementwise/gelu.h"
#include "kernels/elementwise/hardsigmoid.h"
#include "kernels/elementwise/hardswish.h"
#include "kernels/elementwise/hardtanh.h"
#include "kernels/elementwise/leaky_relu.h"
#include "kernels/elementwise/log.h"
#include "kernels/elementwise/log1p.h"
#include "kernels/elementwise/mish.h"
#include "kernels/elementwise/neg.h"
#include "kernels/elementwise/quick_gelu.h"
#include "kernels/elementwise/reciprocal.h"
#include "kernels/elementwise/relu.h"
#include "kernels/elementwise/rsqrt.h"
#include "kernels/elementwise/sigmoid.h"
#include "kernels/elementwise/silu.h"
#include "kernels/elementwise/sin.h"
#include "kernels/elementwise/softplus.h"
#include "kernels/elementwise/softsign.h"
#include "kernels/elementwise/sqrt.h"
#include "kernels/elementwise/tanh.h"
#include "kernels/elementwise/unary_loop.cuh"

namespace helder::kernels {

template struct UnaryCuda<Abs>;
template struct UnaryCuda<Atan>;
template struct UnaryCuda<Celu>;
template struct UnaryCuda<Clamp>;
template struct UnaryCuda<Cos>;
template struct UnaryCuda<Elu>;
template struct UnaryCuda<Erf>;
template struct UnaryCuda<Exp>;
template struct UnaryCuda<Expm1>;
template struct UnaryCuda<Gelu>;
template struct UnaryCuda<GeluTanh>;
template struct UnaryCuda<Hardsigmoid>;
template struct UnaryCuda<Hardswish>;
template struct UnaryCuda<Hardtanh>;
template struct UnaryCuda<LeakyRelu>;
template struct UnaryCuda<Log>;
template struct UnaryCuda<Log1p>;
template struct UnaryCuda<Mish>;
template struct UnaryCuda<Neg>;
template struct UnaryCuda<QuickGelu>;
template struct UnaryCuda<Reciprocal>;
template struct UnaryCuda<Relu>;
template struct UnaryCuda<Relu6>;
template struct UnaryCuda<Rsqrt>;
template struct UnaryCuda<Selu>;
template struct UnaryCuda<Sigmoid>;
template struct UnaryCuda<Silu>;
template struct UnaryCuda<Sin>;
template struct UnaryCuda<Softplus>;
template struct UnaryCuda<Softsign>;
template struct UnaryCuda<Sqrt>;
template struct UnaryCuda<Tanh>;

}  // namespace helder::kernels
