#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What a test puts into a zip archive.
struct ZipMember {
  std::string name;
  std::string bytes;
  bool deflated = false;
};

/// `bytes` as deflate packs them, without a header.
inline std::string deflate_raw(const std::string& bytes) {
  z_stream stream{};
  if (::deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2 failed");
  }
  std::string packed(::deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (result != Z_STREAM_END) {
    throw std::runtime_error("deflate failed");
  }
  return packed;
}

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
