#pragma once

namespace helder {

/// In what float32 matrices are multiplied, by matmul, linear, the convolutions and attention, forward and
/// backward. Sums, and all other ops, are float32 in any case, and so are parameters, gradients and what an
/// optimiser keeps: "mixed precision with float32 master weights". Other types are not concerned.
///
/// Operands are rounded before they are multiplied. On a GPU with matrix units for it (sm_80 and later)
/// matmul and linear have these round and multiply, many times faster; elsewhere the numbers are the same, to
/// the order of the sums, and nothing is gained but that they can be looked at (docs/precision.md).
enum class MatmulPrecision {
  Highest,  ///< float32
  High,     ///< tf32: 10 bits of fraction instead of 23
  Medium,   ///< bfloat16: 7 bits of fraction
};

/// torch.set_float32_matmul_precision, for the whole program; Highest at first.
void set_float32_matmul_precision(MatmulPrecision precision);
MatmulPrecision float32_matmul_precision();

/// Another precision for as long as it lives.
class MatmulPrecisionGuard {
 public:
  explicit MatmulPrecisionGuard(MatmulPrecision precision) : before_(float32_matmul_precision()) {
    set_float32_matmul_precision(precision);
  }
  ~MatmulPrecisionGuard() { set_float32_matmul_precision(before_); }
  MatmulPrecisionGuard(const MatmulPrecisionGuard&) = delete;
  MatmulPrecisionGuard& operator=(const MatmulPrecisionGuard&) = delete;

 private:
  MatmulPrecision before_;
};

}  // namespace helder
