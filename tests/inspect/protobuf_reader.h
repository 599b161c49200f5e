#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace helder::testing {

/// A message of protobuf's, read without knowing what it is: a list of numbered fields. What
/// inspect/protobuf.h writes, looked at from the other side.
class ProtobufReader {
 public:
  struct Field {
    int number = 0, kind = 0;
    uint64_t integer = 0;  // of kind 0; of 1 and 5 the bits
    std::string bytes;     // of kind 2
  };

  explicit ProtobufReader(std::string_view bytes) {
    while (!bytes.empty()) {
      const uint64_t key = varint(bytes);
      Field field{static_cast<int>(key >> 3), static_cast<int>(key & 7), 0, {}};
      switch (field.kind) {
        case 0:
          field.integer = varint(bytes);
          break;
        case 1:
          std::memcpy(&field.integer, take(bytes, 8).data(), 8);
          break;
        case 2:
          field.bytes = take(bytes, varint(bytes));
          break;
        case 5:
          std::memcpy(&field.integer, take(bytes, 4).data(), 4);
          break;
        default:
          throw std::runtime_error("protobuf: kind " + std::to_string(field.kind));
      }
      fields_.push_back(std::move(field));
    }
  }

  const std::vector<Field>& fields() const { return fields_; }

  bool has(int number) const {
    for (const Field& field : fields_) {
      if (field.number == number) {
        return true;
      }
    }
    return false;
  }
  /// The only field of this number.
  const Field& field(int number) const {
    const Field* found = nullptr;
    for (const Field& field : fields_) {
      if (field.number == number) {
        if (found) {
          throw std::runtime_error("protobuf: two fields " + std::to_string(number));
        }
        found = &field;
      }
    }
    if (!found) {
      throw std::runtime_error("protobuf: no field " + std::to_string(number));
    }
    return *found;
  }
  int64_t integer(int number) const { return static_cast<int64_t>(field(number).integer); }
  const std::string& text(int number) const { return field(number).bytes; }
  ProtobufReader message(int number) const { return ProtobufReader(field(number).bytes); }
  double float64(int number) const { return bits<double>(field(number).integer); }
  float float32(int number) const { return bits<float>(field(number).integer); }

  /// All of this number, in order.
  std::vector<std::string> texts(int number) const {
    std::vector<std::string> result;
    for (const Field& field : fields_) {
      if (field.number == number) {
        result.push_back(field.bytes);
      }
    }
    return result;
  }
  std::vector<ProtobufReader> messages(int number) const {
    std::vector<ProtobufReader> result;
    for (const std::string& bytes : texts(number)) {
      result.emplace_back(bytes);
    }
    return result;
  }
  std::vector<double> float64s(int number) const {
    const std::string& list = text(number);
    std::vector<double> result(list.size() / sizeof(double));
    std::memcpy(result.data(), list.data(), result.size() * sizeof(double));
    return result;
  }
  std::vector<int64_t> integers(int number) const {
    std::string_view list = text(number);
    std::vector<int64_t> result;
    while (!list.empty()) {
      result.push_back(static_cast<int64_t>(varint(list)));
    }
    return result;
  }

 private:
  template <class T>
  static T bits(uint64_t value) {
    T result;
    std::memcpy(&result, &value, sizeof result);
    return result;
  }
  static std::string take(std::string_view& bytes, uint64_t count) {
    if (count > bytes.size()) {
      throw std::runtime_error("protobuf: cut short");
    }
    std::string taken(bytes.substr(0, count));
    bytes.remove_prefix(count);
    return taken;
  }
  static uint64_t varint(std::string_view& bytes) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(bytes, 1)[0]);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    throw std::runtime_error("protobuf: a number of more than 64 bits");
  }

  std::vector<Field> fields_;
};

}  // namespace helder::testing
