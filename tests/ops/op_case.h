#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "tensor/tensor.h"

// One table of cases drives everything that is asked of an op. The numbers are PyTorch's:
// tests/fixtures/generate_ops.py writes them, and its docstring says what a file holds.

namespace helder::testing {

/// What a case runs on: x[i] is the fixture's input i. An input that the fixture leaves out is undefined (no
/// bias).
using In = const std::vector<Tensor>&;

/// Flags of a case.
inline constexpr int kNoQuotient =
    1;  ///< difference quotients mean nothing here: at a kink, or for huge slopes
inline constexpr int kNoFloat32 = 2;  ///< float32 cannot hold what this case is about

/// A row of the table: the fixture's case `name`, and what PyTorch ran there in Helder's words.
struct OpCase {
  const char* name;
  Tensor (*run)(In x);
  int flags = 0;
};

/// What was compared, and what was wrong.
struct OpReport {
  int64_t cases = 0;
  int64_t derivatives = 0;  ///< elements of gradients compared with PyTorch's
  int64_t differences = 0;  ///< those compared with difference quotients as well
  std::vector<std::string> problems;
};

/// Compares each case with `tests/fixtures/ops/NAME.safetensors`:
///
///  - the output, its type, and all gradients, in float64 (to 1e-10) and in float32;
///  - the same for inputs and cotangents that are not contiguous, in two layouts with NaN in the gaps;
///  - the same with each input alone requiring a gradient, when there are several;
///  - that no input has changed, but those that the fixture says are changed in place;
///  - the gradients against difference quotients (autograd/gradcheck.h), unless the case is large.
///
/// Table and file must name the same cases.
OpReport compare_op(const char* op, const std::vector<OpCase>& cases, Device device = Device::Cpu);

/// Fails the running test for each problem that `compare_op` finds, on the CPU and where there is a GPU (or
/// simt) there as well, and counts for the summary that is
/// printed when all tests have run: "ops: 52 ops, 820 cases, ...".
void check_op(const char* op, std::vector<OpCase> cases, std::initializer_list<OpCase> more = {});

/// A call that has to throw `Error` with exactly this message.
struct ErrorCase {
  const char* message;
  void (*run)();
};
void check_errors(std::initializer_list<ErrorCase> cases);

/// The first place at which two tensors differ in type, shape, or by more than `tolerance` times the size of
/// the numbers there; empty when there is none. NaN equals NaN.
std::string first_difference(const Tensor& got, const Tensor& expected, double tolerance);

/// Whether both hold the same bits in the same shape and type.
bool same_bits(const Tensor& a, const Tensor& b);

}  // namespace helder::testing
