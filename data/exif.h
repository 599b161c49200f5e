#pragma once

#include <cstddef>
#include <span>

namespace helder {

/// How a stored image has to be turned to stand upright. Applied in this order: first the diagonal is
/// mirrored, then the result.
///
///   upright(y, x) = stored(r, c),  (r, c) = transpose ? (x, y) : (y, x),  counted from the last row where
///   flip_rows, and from the last column where flip_columns
struct Orientation {
  bool transpose = false;
  bool flip_rows = false;
  bool flip_columns = false;
};

/// The orientation that a camera wrote into a JPEG or PNG file: tag 0x0112 of EXIF's first directory (CIPA
/// DC-008, 4.6.5), a number from 1 to 8. Upright where the file has none, and where what it has is damaged:
/// that never keeps an image from being shown.
Orientation exif_orientation(std::span<const std::byte> file);

}  // namespace helder
