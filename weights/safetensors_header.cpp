#include "weights/safetensors_header.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace helder {
namespace {

using nlohmann::json;

// Receives the JSON's parts as they are read. No tree is built: a header of 100 MB made of brackets costs no
// memory, and the first thing that is wrong ends the reading.
class Reader final : public json::json_sax_t {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool start_object(size_t) override {
    if (depth_ >= kTensor) {
      value_is_wrong();
    }
    open();
    if (depth_ == kTensor && !in_metadata()) {
      type_.reset();
      shape_.reset();
      offsets_.reset();
    }
    return true;
  }

  bool end_object() override {
    if (depth_ == kTensor && !in_metadata()) {
      end_tensor();
    }
    --depth_;
    return true;
  }

  bool start_array(size_t) override {
    if (depth_ != kTensor || in_metadata() || field_ == "dtype") {
      value_is_wrong();
    }
    open();
    list_ = {};
    return true;
  }

  bool end_array() override {
    --depth_;
    if (field_ == "shape") {
      shape_ = list_;
    } else if (field_ == "data_offsets") {
      offsets_ = list_;
    }
    return true;
  }

  bool key(std::string& text) override {
    check(keys_[depth_].insert(text).second, "{}: the header has the key '{}' twice", file_, text);
    (depth_ == kHeader ? name_ : field_) = std::move(text);
    return true;
  }

  bool string(std::string& text) override {
    if (depth_ == kTensor && in_metadata()) {
      header_.metadata[field_] = std::move(text);
    } else if (depth_ == kTensor && field_ == "dtype") {
      type_ = std::move(text);
    } else {
      value_is_wrong();
    }
    return true;
  }

  bool number_unsigned(uint64_t value) override {
    const bool in_shape = field_ == "shape";
    if (depth_ != kList || (!in_shape && field_ != "data_offsets") ||
        value > uint64_t{std::numeric_limits<int64_t>::max()}) {
      value_is_wrong();
    }
    if (list_.count < kMaxRank) {
      list_.numbers.push_back(static_cast<int64_t>(value));
    }
    ++list_.count;
    return true;
  }

  bool number_integer(int64_t) override { return value_is_wrong(); }
  bool number_float(double, const std::string&) override { return value_is_wrong(); }
  bool boolean(bool) override { return value_is_wrong(); }
  bool null() override { return value_is_wrong(); }
  bool binary(json::binary_t&) override { return value_is_wrong(); }

  bool parse_error(size_t, const std::string&, const json::exception& error) override {
    fail("{}: the header is not valid JSON: {}", file_, error.what());
  }

 private:
  // How many brackets are open: none, the header's, those of a tensor or of the metadata, those of a list.
  static constexpr size_t kHeader = 1, kTensor = 2, kList = 3;

  struct List {
    Shape numbers;  // the first of them, as many as a shape holds
    size_t count = 0;
  };

  bool in_metadata() const { return name_ == SafetensorsHeader::kMetadataKey; }

  void open() {
    ++depth_;
    keys_[depth_].clear();
  }

  // A value that no header has at this place.
  [[noreturn]] bool value_is_wrong() const {
    check(depth_ != 0, "{}: the header is not a JSON object", file_);
    check(!in_metadata() || depth_ == kTensor, "{}: {} is not an object of strings", file_, name_);
    check(!in_metadata(), "{}: {} '{}' is not a string", file_, name_, field_);
    check(depth_ != kHeader, "{}: tensor '{}' has no dtype", file_, name_);
    const bool known = field_ == "dtype" || field_ == "shape" || field_ == "data_offsets";
    check(known, "{}: tensor '{}' has the key '{}', which is not one of dtype, shape and data_offsets", file_,
          name_, field_);
    fail("{}: tensor '{}' has no {}", file_, name_, field_);
  }

  void end_tensor() {
    check(type_.has_value(), "{}: tensor '{}' has no dtype", file_, name_);
    check(shape_.has_value(), "{}: tensor '{}' has no shape", file_, name_);
    check(offsets_.has_value() && offsets_->count == 2, "{}: tensor '{}' has no data_offsets", file_, name_);
    const std::optional<StoredType> type = stored_type_of(*type_);
    check(type.has_value(), "{}: tensor '{}' has the dtype '{}', which is not supported", file_, name_,
          *type_);
    check(shape_->count <= kMaxRank, "{}: tensor '{}' has {} dimensions (at most {} are supported)", file_,
          name_, shape_->count, kMaxRank);
    const Shape& shape = shape_->numbers;
    check_sizes(fmt::format("{}: tensor '{}'", file_, name_).c_str(), shape);

    const auto begin = static_cast<uint64_t>(offsets_->numbers[0]);
    const auto end = static_cast<uint64_t>(offsets_->numbers[1]);
    check(begin <= end, "{}: tensor '{}' ends at byte {}, before it begins at {}", file_, name_, end, begin);
    const uint64_t needed = static_cast<uint64_t>(shape.numel()) * size_of(*type);  // checked above to fit
    check(end - begin == needed, "{}: tensor '{}' of type {} and shape {} needs {} bytes, but has {}", file_,
          name_, *type_, shape, needed, end - begin);
    header_.entries.push_back({{name_, *type, shape}, begin, end});
  }

  const std::string& file_;
  SafetensorsHeader header_;
  size_t depth_ = 0;
  std::array<std::set<std::string>, kList + 1> keys_;  // of the objects that are open
  std::string name_;                                   // the last key of the header,
  std::string field_;                                  // and the last one below it
  std::optional<std::string> type_;
  std::optional<List> shape_, offsets_;
  List list_;
};

void check_layout(std::vector<SafetensorsHeader::Entry>& entries, uint64_t data_bytes,
                  const std::string& file) {
  // Empty tensors take no place: they come before the one that begins where they do.
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t covered = 0;
  for (const auto& [tensor, begin, end] : entries) {
    check(begin >= covered, "{}: tensor '{}' begins at byte {}, inside another one that ends at {}", file,
          tensor.name, begin, covered);
    check(begin == covered, "{}: bytes {} to {} belong to no tensor", file, covered, begin);
    covered = end;
  }
  check(covered <= data_bytes, "{}: the file is cut short: its tensors take {} bytes, and there are {}", file,
        covered, data_bytes);
  check(covered == data_bytes, "{}: {} bytes follow the last tensor", file, data_bytes - covered);
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, uint64_t data_bytes,
                                           const std::string& file) {
  // The library takes a zero byte for the end of the text and would not look at what follows.
  check(text.starts_with('{') && text.find('\0') == std::string::npos, "{}: the header is not a JSON object",
        file);
  Reader reader(file);
  json::sax_parse(text.begin(), text.end(), &reader);
  SafetensorsHeader header = reader.take();
  check_layout(header.entries, data_bytes, file);
  return header;
}

}  // namespace helder
