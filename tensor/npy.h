#pragma once

#include <filesystem>

#include "tensor/tensor.h"

namespace helder {

/// Reads NumPy's `.npy` format (versions 1.0 to 3.0; NumPy Enhancement Proposal 1). bool, uint8, int64,
/// float16, float32 and float64 load as they are, other integers of up to 32 bits as int64. Both byte orders
/// and both `fortran_order`s load as row-major tensors. Object arrays are refused: they would need a pickle.
/// Throws `Error`, naming the file, on anything else; every size in the header is checked against the file's.
Tensor load_npy(const std::filesystem::path& path);

/// Writes version 1.0, row-major, byte for byte the file that NumPy writes. The file is replaced atomically.
/// bfloat16, which NumPy does not have, is an error.
void save_npy(const std::filesystem::path& path, const Tensor& tensor);

}  // namespace helder
