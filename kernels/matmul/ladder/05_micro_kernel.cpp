#include "kernels/matmul/ladder/ladder.h"
#include "kernels/matmul/panels.h"
#include "tensor/workspace.h"

namespace helder::kernels::ladder {

// The tile is written in vectors, not left to the compiler: 8 x 48 sums fill the registers of AVX-512, so
// that 11 loads serve for 24 multiply-adds and the multiply-adds are what takes the time (tile.h). A is
// packed as a whole, B four panels at a time; a panel of B stays in level 1 and A streams past it (panels.h).
// The borders need no zeros in A: each size of tile has its own code.
template <class T>
void matmul_micro_kernel(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c) {
  const Workspace<T> packed(M * K), scratch(PackedColumns<T>::size(kGroupColumns<T>));
  const PackedRows<T> rows(packed.data(), M, K);
  pack_rows({a, K, 1}, rows, packed.data());
  multiply_columns(rows, 0, M, MatrixColumns<T>{{b, N, 1}}, 0, N, c, N, Start<T>{}, scratch.data());
}

template void matmul_micro_kernel(int64_t, int64_t, int64_t, const float*, const float*, float*);
template void matmul_micro_kernel(int64_t, int64_t, int64_t, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
