#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "tensor/atomic_file.h"
#include "tensor/copy.h"
#include "weights/safetensors.h"
#include "weights/safetensors_header.h"

namespace helder {
namespace {

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
    header[SafetensorsHeader::kMetadataKey] = metadata;
  }
  uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const Shape& shape = tensor.shape();
    const uint64_t end = offset + static_cast<uint64_t>(tensor.numel()) * size_of(tensor.dtype());
    header[name] = {{"dtype", name_of(stored_type_of(tensor.dtype()))},
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
    check(name != SafetensorsHeader::kMetadataKey, "save_safetensors: no tensor may be named '{}'", name);
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
  check(header.size() <= SafetensorsHeader::kMaxBytes,
        "save_safetensors: {}: a header of {} bytes (at most {} are allowed)", path.string(), header.size(),
        SafetensorsHeader::kMaxBytes);

  const uint64_t length = header.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(std::as_bytes(std::span(header)));
  for (const auto& [name, tensor] : sorted) {
    const Tensor dense = copied_to(contiguous_copy(tensor), Device::Cpu);
    file.write({static_cast<const std::byte*>(dense.raw_data()),
                static_cast<size_t>(dense.numel()) * size_of(dense.dtype())});
  }
  file.commit();
}

}  // namespace helder
