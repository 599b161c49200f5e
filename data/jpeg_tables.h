#pragma once

#include <cstddef>
#include <span>

namespace helder {

/// Whether no Huffman table of a JPEG file has more than the 256 codes that there can be. stb_image up to
/// version 2.27, which distributions have, believes the file and writes past the end of its own table.
bool huffman_tables_fit(std::span<const std::byte> jpeg);

}  // namespace helder
