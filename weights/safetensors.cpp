#include "weights/safetensors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "tensor/atomic_file.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

// A file is: 8 bytes, the header's length; the header, JSON padded by spaces to a multiple of 8; the tensors'
// bytes.
//
//   {"__metadata__": {"format": "pt"}, "fc.weight": {"dtype": "F32", "shape": [10, 84], "data_offsets": [0,
//   3360]}}
//
// Offsets count from the end of the header. The tensors cover the rest of the file, without holes or
// overlaps.

namespace helder {
namespace {

static_assert(std::endian::native == std::endian::little,
              "safetensors files are little-endian, and read as they are");

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr const char* kMetadataKey = "__metadata__";

struct Type {
  const char* name;
  size_t bytes;
};
constexpr std::array kTypes = {Type{"F64", 8}, Type{"F32", 4}, Type{"F16", 2},  Type{"BF16", 2},
                               Type{"I64", 8}, Type{"U8", 1},  Type{"BOOL", 1}, Type{"I32", 4},
                               Type{"I16", 2}, Type{"I8", 1}};

// ---- reading: JSON
// ----------------------------------------------------------------------------------------------

// The JSON library keeps the last of two equal keys and nests without limit; a header may do neither.
nlohmann::json parse_strictly(const std::string& text, const std::string& file) {
  constexpr int kDepth = 3;  // the header, a tensor's entry, its shape
  std::array<std::set<std::string>, kDepth + 1> keys;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    const size_t d = static_cast<size_t>(depth);
    if (event == Event::object_start || event == Event::array_start) {
      check(depth < kDepth, "{}: the header is nested too deeply", file);
      keys[d + 1].clear();
    } else if (event == Event::key) {
      const std::string key = parsed.get<std::string>();
      check(keys[d].insert(key).second, "{}: the header has the key '{}' twice", file, key);
    }
    return true;
  };
  // The library takes a zero byte for the end of the text and would not look at what follows.
  check(text.starts_with('{') && text.find('\0') == std::string::npos, "{}: the header is not a JSON object",
        file);
  try {
    return nlohmann::json::parse(text, watch);
  } catch (const nlohmann::json::exception& error) {
    fail("{}: the header is not valid JSON: {}", file, error.what());
  }
}

bool is_size(const nlohmann::json& value) {
  return value.is_number_unsigned() && value.get<uint64_t>() <= uint64_t{std::numeric_limits<int64_t>::max()};
}

bool is_list_of_sizes(const nlohmann::json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), is_size);
}

}  // namespace

// ---- reading
// ----------------------------------------------------------------------------------------------------

SafetensorsFile::Descriptor::~Descriptor() {
  if (number >= 0) {
    ::close(number);
  }
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : name_("safetensors: " + path.string()) {
  const uint64_t file_size = open(path);
  parse_header(read_header(file_size));
  check_layout(file_size - data_start_);
}

uint64_t SafetensorsFile::open(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check(!std::filesystem::is_directory(status), "{}: is a directory", name_);
  check(!std::filesystem::exists(status) || std::filesystem::is_regular_file(status),
        "{}: is not a regular file", name_);
  descriptor_.number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  check(descriptor_.number >= 0, "{}: {}", name_, std::generic_category().message(errno));
  struct stat information {};
  check(::fstat(descriptor_.number, &information) == 0, "{}: {}", name_,
        std::generic_category().message(errno));
  return static_cast<uint64_t>(information.st_size);
}

void SafetensorsFile::read(uint64_t position, void* to, size_t bytes) const {
  std::byte* next = static_cast<std::byte*>(to);
  while (bytes > 0) {
    const ssize_t got = ::pread(descriptor_.number, next, bytes, static_cast<off_t>(position));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    check(got >= 0, "{}: {}", name_, std::generic_category().message(errno));
    check(got > 0, "{}: the file has become shorter since it was opened", name_);
    next += got;
    position += static_cast<uint64_t>(got);
    bytes -= static_cast<size_t>(got);
  }
}

std::string SafetensorsFile::read_header(uint64_t file_size) {
  check(file_size >= kLengthBytes,
        "{}: the file is cut short: it has {} bytes, and the header's length alone takes {}", name_,
        file_size, kLengthBytes);
  uint64_t length = 0;
  read(0, &length, sizeof length);
  check(length <= kMaxHeaderBytes,
        "{}: not a safetensors file: a header of {} bytes (at most {} are allowed)", name_, length,
        kMaxHeaderBytes);
  data_start_ = kLengthBytes + length;
  check(data_start_ <= file_size, "{}: the file is cut short: its header takes {} bytes, and there are {}",
        name_, data_start_, file_size);
  std::string text(length, '\0');
  read(kLengthBytes, text.data(), length);
  return text;
}

void SafetensorsFile::parse_header(const std::string& text) {
  const nlohmann::json header = parse_strictly(text, name_);
  for (const auto& [name, value] : header.items()) {
    if (name == kMetadataKey) {
      check(value.is_object(), "{}: {} is not an object of strings", name_, kMetadataKey);
      for (const auto& [key, note] : value.items()) {
        check(note.is_string(), "{}: {} '{}' is not a string", name_, kMetadataKey, key);
        metadata_[key] = note.get<std::string>();
      }
      continue;
    }
    check(value.is_object() && value.contains("dtype") && value["dtype"].is_string(),
          "{}: tensor '{}' has no dtype", name_, name);
    check(value.contains("shape") && is_list_of_sizes(value["shape"]), "{}: tensor '{}' has no shape", name_,
          name);
    check(value.contains("data_offsets") && is_list_of_sizes(value["data_offsets"]) &&
              value["data_offsets"].size() == 2,
          "{}: tensor '{}' has no data_offsets", name_, name);

    Entry entry;
    entry.stored_type = value["dtype"].get<std::string>();
    const auto type =
        std::find_if(kTypes.begin(), kTypes.end(), [&](Type t) { return t.name == entry.stored_type; });
    check(type != kTypes.end(), "{}: tensor '{}' has the dtype '{}', which is not supported", name_, name,
          entry.stored_type);
    check(value["shape"].size() <= size_t{kMaxRank},
          "{}: tensor '{}' has {} dimensions (at most {} are supported)", name_, name, value["shape"].size(),
          kMaxRank);
    for (const auto& size : value["shape"]) {
      entry.shape.push_back(size.get<int64_t>());
    }
    check_sizes(fmt::format("{}: tensor '{}'", name_, name).c_str(), entry.shape);

    entry.begin = value["data_offsets"][0].get<uint64_t>();
    entry.end = value["data_offsets"][1].get<uint64_t>();
    check(entry.begin <= entry.end, "{}: tensor '{}' ends at byte {}, before it begins at {}", name_, name,
          entry.end, entry.begin);
    const uint64_t needed = static_cast<uint64_t>(entry.shape.numel()) * type->bytes;  // checked above to fit
    check(entry.end - entry.begin == needed,
          "{}: tensor '{}' of type {} and shape {} needs {} bytes, but has {}", name_, name,
          entry.stored_type, entry.shape.str(), needed, entry.end - entry.begin);
    entries_.emplace(name, entry);
    names_.push_back(name);
  }
}

void SafetensorsFile::check_layout(uint64_t data_size) {
  // Empty tensors take no place: they come before the one that begins where they do.
  std::stable_sort(names_.begin(), names_.end(), [&](const std::string& a, const std::string& b) {
    const Entry& x = entries_.at(a);
    const Entry& y = entries_.at(b);
    return std::pair(x.begin, x.end) < std::pair(y.begin, y.end);
  });
  uint64_t covered = 0;
  for (const std::string& name : names_) {
    const Entry& entry = entries_.at(name);
    check(entry.begin >= covered, "{}: tensor '{}' begins at byte {}, inside another one that ends at {}",
          name_, name, entry.begin, covered);
    check(entry.begin == covered, "{}: bytes {} to {} belong to no tensor", name_, covered, entry.begin);
    covered = entry.end;
  }
  check(covered <= data_size, "{}: the file is cut short: its tensors take {} bytes, and there are {}", name_,
        covered, data_size);
  check(covered == data_size, "{}: {} bytes follow the last tensor", name_, data_size - covered);
}

template <class Stored, class Result>
Tensor SafetensorsFile::read_elements(const Entry& entry) const {
  const Tensor result = empty(entry.shape, dtype_of<Result>());
  Result* to = result.data<Result>();
  const size_t bytes = entry.end - entry.begin;
  if constexpr (std::is_same_v<Stored, Result>) {
    read(data_start_ + entry.begin, to, bytes);
  } else {
    std::vector<Stored> stored(bytes / sizeof(Stored));
    read(data_start_ + entry.begin, stored.data(), bytes);
    std::transform(stored.begin(), stored.end(), to, [](Stored value) { return static_cast<Result>(value); });
  }
  return result;
}

Tensor SafetensorsFile::tensor(const std::string& name) const {
  const auto found = entries_.find(name);
  check(found != entries_.end(), "{}: there is no tensor '{}'", name_, name);
  const Entry& entry = found->second;
  const std::string& type = entry.stored_type;
  if (type == "F64") return read_elements<double, double>(entry);
  if (type == "F32") return read_elements<float, float>(entry);
  if (type == "F16") return read_elements<Float16, Float16>(entry);
  if (type == "BF16") return read_elements<BFloat16, BFloat16>(entry);
  if (type == "I64") return read_elements<int64_t, int64_t>(entry);
  if (type == "I32") return read_elements<int32_t, int64_t>(entry);
  if (type == "I16") return read_elements<int16_t, int64_t>(entry);
  if (type == "I8") return read_elements<int8_t, int64_t>(entry);
  if (type == "U8") return read_elements<uint8_t, uint8_t>(entry);
  return read_elements<uint8_t, bool>(entry);  // a byte that is neither 0 nor 1 must not end up in a bool
}

// ---- writing
// ----------------------------------------------------------------------------------------------------

namespace {

const char* stored_type(DType dtype) {
  switch (dtype) {
    case DType::Bool:
      return "BOOL";
    case DType::UInt8:
      return "U8";
    case DType::Int64:
      return "I64";
    case DType::Float16:
      return "F16";
    case DType::BFloat16:
      return "BF16";
    case DType::Float32:
      return "F32";
    case DType::Float64:
      break;
  }
  return "F64";
}

// Types in the order in which their tensors are written. Widest first keeps every tensor aligned.
int rank_of(DType dtype) {
  constexpr std::array kOrder = {DType::Int64,   DType::Float64, DType::Float32, DType::BFloat16,
                                 DType::Float16, DType::UInt8,   DType::Bool};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), dtype) - kOrder.begin());
}

std::string header_text(const std::vector<std::pair<std::string, Tensor>>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) {
    header[kMetadataKey] = metadata;
  }
  uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const Shape& shape = tensor.shape();
    const uint64_t end = offset + static_cast<uint64_t>(tensor.numel()) * size_of(tensor.dtype());
    header[name] = {{"dtype", stored_type(tensor.dtype())},
                    {"shape", std::vector<int64_t>(shape.begin(), shape.end())},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

void save_safetensors(const std::filesystem::path& path,
                      const std::vector<std::pair<std::string, Tensor>>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : tensors) {
    check(tensor.defined(), "save_safetensors: tensor '{}' is undefined", name);
    check(name != kMetadataKey, "save_safetensors: no tensor may be named '{}'", name);
    check(names.insert(name).second, "save_safetensors: there are two tensors '{}'", name);
  }
  auto sorted = tensors;
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::pair(rank_of(a.second.dtype()), a.first) < std::pair(rank_of(b.second.dtype()), b.first);
  });

  std::string header;
  try {
    header = header_text(sorted, metadata);
  } catch (const nlohmann::json::exception&) {
    fail("save_safetensors: {}: a name or a metadata string is not UTF-8", path.string());
  }
  check(header.size() <= kMaxHeaderBytes,
        "save_safetensors: {}: a header of {} bytes (at most {} are allowed)", path.string(), header.size(),
        kMaxHeaderBytes);

  const uint64_t length = header.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(std::as_bytes(std::span(header)));
  for (const auto& [name, tensor] : sorted) {
    const Tensor dense = contiguous_copy(tensor);
    file.write({static_cast<const std::byte*>(dense.raw_data()),
                static_cast<size_t>(dense.numel()) * size_of(dense.dtype())});
  }
  file.commit();
}

}  // namespace helder
