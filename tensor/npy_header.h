#pragma once

#include <string>
#include <string_view>

#include "tensor/shape.h"

namespace helder {

/// The dictionary in front of a `.npy` file's data:
///
///   {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
struct NpyHeader {
  std::string descr;  ///< byte order (`<`, `>`, or `|` where it has no meaning), kind and bytes: `<f4`
  bool fortran_order = false;
  Shape shape;
};

/// Reads that dictionary, its keys in any order. Throws `Error` on anything that is not exactly that; `file`
/// is the name that the message starts with.
NpyHeader parse_npy_header(std::string_view text, const std::string& file);

/// Writes it as NumPy does, to the byte.
std::string npy_header_text(const NpyHeader& header);

}  // namespace helder
