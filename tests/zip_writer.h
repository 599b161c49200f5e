#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/deflate.h"

/// What a test puts into a zip archive.
struct ZipMember {
  std::string name;
  std::string bytes;
  bool deflated = false;
};

/// A number as zip files have it: little-endian.
template <class T>
std::string little_endian(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

/// Overwrites the number at `offset`, to make an archive lie.
template <class T>
void patch(std::string& bytes, size_t offset, T value) {
  bytes.replace(offset, sizeof value, little_endian(value));
}

/// A zip archive without zip64, time stamps, extra fields or comments.
inline std::string zip_of(const std::vector<ZipMember>& members) {
  std::string file, directory;
  for (const ZipMember& member : members) {
    const std::string packed = member.deflated ? deflate_raw(member.bytes) : member.bytes;
    const auto crc = static_cast<uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(member.bytes.data()),
                                                   static_cast<uInt>(member.bytes.size())));
    // From the version to the length of the extra field, local header and directory agree.
    const std::string common = little_endian<uint16_t>(20) + little_endian<uint16_t>(0) +
                               little_endian<uint16_t>(member.deflated ? 8 : 0) + little_endian<uint32_t>(0) +
                               little_endian(crc) + little_endian(static_cast<uint32_t>(packed.size())) +
                               little_endian(static_cast<uint32_t>(member.bytes.size())) +
                               little_endian(static_cast<uint16_t>(member.name.size())) +
                               little_endian<uint16_t>(0);
    directory += "PK\1\2" + little_endian<uint16_t>(20) + common + std::string(10, '\0') +
                 little_endian(static_cast<uint32_t>(file.size())) + member.name;
    file += "PK\3\4" + common + member.name + packed;
  }
  const auto count = static_cast<uint16_t>(members.size());
  return file + directory + "PK\5\6" + little_endian<uint32_t>(0) + little_endian(count) +
         little_endian(count) + little_endian(static_cast<uint32_t>(directory.size())) +
         little_endian(static_cast<uint32_t>(file.size())) + little_endian<uint16_t>(0);
}
