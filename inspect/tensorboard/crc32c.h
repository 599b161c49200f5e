#pragma once

#include <cstdint>
#include <string_view>

namespace helder {

/// The checksum CRC-32C (Castagnoli's polynomial 0x1EDC6F41, bits reversed; RFC 3720, appendix B.4).
uint32_t crc32c(std::string_view bytes);

/// As TFRecord files have it: turned by 15 bits and moved by a constant, so that the checksum of bytes which
/// hold checksums themselves is not a special one.
uint32_t masked_crc32c(std::string_view bytes);

}  // namespace helder
