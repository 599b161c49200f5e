#include <atomic>

#include "kernels/matmul/matmul.h"

namespace helder::kernels {

namespace {
std::atomic<MatmulPrecision> precision = MatmulPrecision::Highest;
}

MatmulPrecision float32_matmul_precision() { return precision; }
void set_float32_matmul_precision(MatmulPrecision p) { precision = p; }

}  // namespace helder::kernels
