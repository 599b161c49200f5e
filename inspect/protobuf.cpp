#include "inspect/protobuf.h"

#include <bit>

namespace helder {
namespace {

static_assert(std::endian::native == std::endian::little, "the wire format is little-endian");

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

void ProtobufMessage::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    bytes_ += static_cast<char>(value | 0x80);  // the high bit: more follows
  }
  bytes_ += static_cast<char>(value);
}

void ProtobufMessage::key(int field, Kind kind) {
  varint(static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(kind));
}

ProtobufMessage& ProtobufMessage::integer(int field, int64_t value) {
  key(field, Kind::Varint);
  varint(static_cast<uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::float32(int field, float value) {
  key(field, Kind::Fixed32);
  bytes_ += bytes_of(std::span<const float>(&value, 1));
  return *this;
}

ProtobufMessage& ProtobufMessage::float64(int field, double value) {
  key(field, Kind::Fixed64);
  bytes_ += bytes_of(std::span<const double>(&value, 1));
  return *this;
}

ProtobufMessage& ProtobufMessage::announce(int field, uint64_t length) {
  key(field, Kind::Bytes);
  varint(length);
  return *this;
}

ProtobufMessage& ProtobufMessage::text(int field, std::string_view value) {
  announce(field, value.size());
  bytes_ += value;
  return *this;
}

ProtobufMessage& ProtobufMessage::integers(int field, std::span<const int64_t> values) {
  ProtobufMessage list;
  for (const int64_t value : values) {
    list.varint(static_cast<uint64_t>(value));
  }
  return text(field, list.bytes());
}

ProtobufMessage& ProtobufMessage::float32s(int field, std::span<const float> values) {
  return text(field, bytes_of(values));
}

ProtobufMessage& ProtobufMessage::float64s(int field, std::span<const double> values) {
  return text(field, bytes_of(values));
}

}  // namespace helder
