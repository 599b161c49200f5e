#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

/// `bytes` as deflate packs them: without a header where `window_bits` is below 0, as zip archives want them,
/// and as a gzip file where it is above 16.
inline std::string deflated(const std::string& bytes, int window_bits) {
  z_stream stream{};
  if (::deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
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

/// `bytes` as zip archives have them, without a header.
inline std::string deflate_raw(const std::string& bytes) { return deflated(bytes, -MAX_WBITS); }

/// `bytes` as gzip packs them.
inline std::string gzip(const std::string& bytes) { return deflated(bytes, MAX_WBITS + 16); }
