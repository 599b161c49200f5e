#include "kernels/elementwise/binary_loop.cuh"
#include "kernels/norm/norm.h"

namespace helder::kernels {

template struct BinaryCuda<Norm1ByInput>;
template struct BinaryCuda<Norm2ByInput>;
template struct BinaryCuda<NormByInput>;
template struct BinaryCuda<ExtremeNormByInput>;
template struct BinaryCuda<IsExtreme>;

}  // namespace helder::kernels
