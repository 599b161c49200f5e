#pragma once

#include <cstddef>
#include <span>
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

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

/// What a `.npy` file begins with: the magic number, the version (1.0 to 3.0), and the dictionary.
struct NpyStart {
  NpyHeader header;
  size_t bytes = 0;  ///< where the data begin
};

/// Reads that from a file's bytes, at least as many as it takes. Throws `Error`, starting with `file`.
NpyStart read_npy_start(std::span<const std::byte> bytes, const std::string& file);

/// Writes it as NumPy does, to the byte.
std::string npy_header_text(const NpyHeader& header);

}  // namespace helder
