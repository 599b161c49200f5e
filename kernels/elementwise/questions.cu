// Functions of one number for the types beside float32 and float64, and those without a derivative.

#include "kernels/elementwise/abs.h"
#include "kernels/elementwise/clamp.h"
#include "kernels/elementwise/hardtanh.h"
#include "kernels/elementwise/isfinite.h"
#include "kernels/elementwise/logical.h"
#include "kernels/elementwise/neg.h"
#include "kernels/elementwise/relu.h"
#include "kernels/elementwise/round_operand.h"
#include "kernels/elementwise/rounding.h"
#include "kernels/elementwise/unary_loop.cuh"

namespace helder::kernels {

template struct MapCuda<Abs, int64_t>;
template struct MapCuda<Clamp, int64_t>;
template struct MapCuda<Relu6, int64_t>;
template struct MapCuda<Neg, int64_t>;
template struct MapCuda<Relu, int64_t>;

template struct MapCuda<Floor, uint8_t>;
template struct MapCuda<Floor, int64_t>;
template struct MapCuda<Floor, float>;
template struct MapCuda<Floor, double>;
template struct MapCuda<Ceil, uint8_t>;
template struct MapCuda<Ceil, int64_t>;
template struct MapCuda<Ceil, float>;
template struct MapCuda<Ceil, double>;
template struct MapCuda<Round, uint8_t>;
template struct MapCuda<Round, int64_t>;
template struct MapCuda<Round, float>;
template struct MapCuda<Round, double>;
template struct MapCuda<Sign, uint8_t>;
template struct MapCuda<Sign, int64_t>;
template struct MapCuda<Sign, float>;
template struct MapCuda<Sign, double>;

template struct MapCuda<ToBFloat16, float>;
template struct MapCuda<ToTf32, float>;

template struct MapCuda<IsNan, float, bool>;
template struct MapCuda<IsNan, double, bool>;
template struct MapCuda<IsInf, float, bool>;
template struct MapCuda<IsInf, double, bool>;
template struct MapCuda<IsFinite, float, bool>;
template struct MapCuda<IsFinite, double, bool>;
template struct MapCuda<Not, bool>;

}  // namespace helder::kernels
