#include "autograd/matmul_precision.h"

#include <atomic>

namespace helder {
namespace {
std::atomic<MatmulPrecision> precision_now = MatmulPrecision::Highest;
}

void set_float32_matmul_precision(MatmulPrecision precision) { precision_now = precision; }
MatmulPrecision float32_matmul_precision() { return precision_now; }

}  // namespace helder
