#pragma once

namespace helder::kernels {

/// Throws Error where the GPU has no matrix units for tf32 and bfloat16, which came with sm_80.
void check_matrix_units(const char* operation);

}  // namespace helder::kernels
