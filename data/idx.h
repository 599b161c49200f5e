#pragma once

#include <filesystem>

#include "tensor/tensor.h"

namespace helder {

/// Reads an IDX file of unsigned bytes, the format of MNIST (yann.lecun.com/exdb/mnist): a tensor of uint8 in
/// the shape that the file's header has. The file may be compressed by gzip, which shows in its first bytes,
/// not in its name.
///
/// Throws `Error`, naming the file, on anything that is not exactly one such tensor: other types of elements,
/// fewer or more bytes than the header promises, a checksum that does not fit. No more is unpacked than was
/// promised, and nothing is promised that a file of this size could not hold.
Tensor load_idx(const std::filesystem::path& path);

}  // namespace helder
