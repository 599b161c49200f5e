#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace helder {

/// A message in the wire format of Protocol Buffers, which TensorBoard and ONNX read: for each field a key,
/// `number << 3 | kind`, and a value after it (protobuf.dev/programming-guides/encoding). A message inside a
/// message is bytes; so is text; so is a packed list.
///
///   ProtobufMessage point;
///   point.integer(1, x).integer(2, y);
///   file.message(7, point);
///
/// Who writes fields in the order of their numbers writes the bytes that protobuf's own libraries write.
class ProtobufMessage {
 public:
  /// int32, int64, bool and enums: 7 bits a byte, the lowest first. Negative numbers take ten bytes.
  ProtobufMessage& integer(int field, int64_t value);
  ProtobufMessage& float32(int field, float value);
  ProtobufMessage& float64(int field, double value);
  ProtobufMessage& text(int field, std::string_view value);  ///< string, or bytes
  ProtobufMessage& message(int field, const ProtobufMessage& value) { return text(field, value.bytes()); }

  /// Packed lists, as proto3 has them unless told otherwise.
  ProtobufMessage& integers(int field, std::span<const int64_t> values);
  ProtobufMessage& float32s(int field, std::span<const float> values);
  ProtobufMessage& float64s(int field, std::span<const double> values);

  /// The key and length of a field of so many bytes, which the caller writes after this message's: what is
  /// too large to be copied from message to message.
  ProtobufMessage& announce(int field, uint64_t length);

  const std::string& bytes() const { return bytes_; }

 private:
  enum class Kind { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
  void key(int field, Kind kind);
  void varint(uint64_t value);

  std::string bytes_;
};

}  // namespace helder
