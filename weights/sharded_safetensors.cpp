#include "weights/sharded_safetensors.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tensor/mapped_file.h"
#include "weights/safetensors_header.h"

namespace helder {
namespace {

using nlohmann::json;

// The JSON library keeps the last of two equal keys and nests without limit; an index may do neither.
json parse_strictly(std::string_view text, const std::string& file) {
  constexpr int kDepth = 4;
  std::array<std::set<std::string>, kDepth + 1> keys;
  const auto watch = [&](int depth, json::parse_event_t event, const json& parsed) {
    const size_t d = static_cast<size_t>(depth);
    if (event == json::parse_event_t::object_start || event == json::parse_event_t::array_start) {
      check(depth < kDepth, "{}: the index is nested too deeply", file);
      keys[d + 1].clear();
    } else if (event == json::parse_event_t::key) {
      const std::string key = parsed.get<std::string>();
      check(keys[d].insert(key).second, "{}: the index has the key '{}' twice", file, key);
    }
    return true;
  };
  // The library takes a zero byte for the end of the text and would not look at what follows.
  check(text.find('\0') == std::string::npos, "{}: the index is not JSON: it has a zero byte", file);
  try {
    return json::parse(text.begin(), text.end(), watch);
  } catch (const json::exception& error) {
    fail("{}: the index is not valid JSON: {}", file, error.what());
  }
}

// Whether a path stays in the folder that it starts from, by its letters: a link that somebody put there is
// theirs to follow (caches are full of them).
bool stays_inside(const std::filesystem::path& path) {
  return !path.empty() && path.is_relative() && path.has_filename() &&
         std::none_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; }) &&
         path.native().find('\0') == std::string::npos;
}

}  // namespace

ShardedSafetensors::ShardedSafetensors(const std::filesystem::path& index)
    : WeightFile("sharded safetensors: " + index.string()) {
  const std::shared_ptr<Storage> bytes = map_storage(index, description());
  check(bytes->bytes() <= SafetensorsHeader::kMaxBytes, "{}: the index has {} bytes (at most {} are allowed)",
        description(), bytes->bytes(), SafetensorsHeader::kMaxBytes);
  const json parsed =
      parse_strictly({static_cast<const char*>(bytes->data()), bytes->bytes()}, description());
  check(parsed.is_object() && parsed.contains("weight_map") && parsed["weight_map"].is_object(),
        "{}: the index has no weight_map", description());
  if (parsed.contains("metadata") && parsed["metadata"].is_object()) {
    for (const auto& [key, value] : parsed["metadata"].items()) {
      metadata_[key] = value.is_string() ? value.get<std::string>() : value.dump();
    }
  }

  std::map<std::string, std::set<std::string>> tensors_of;  // by shard
  for (const auto& [name, shard] : parsed["weight_map"].items()) {
    check(shard.is_string(), "{}: the shard of tensor '{}' is not a name of a file", description(), name);
    tensors_of[shard.get<std::string>()].insert(name);
  }
  for (auto& [shard, expected] : tensors_of) {
    check(stays_inside(shard), "{}: the shard '{}' of tensor '{}' is not in the index's folder",
          description(), shard, *expected.begin());
    const std::filesystem::path path = index.parent_path() / shard;
    check(std::filesystem::exists(path), "{}: the shard '{}' is missing; tensor '{}' is in it", description(),
          shard, *expected.begin());
    shards_.push_back(std::make_unique<SafetensorsFile>(path));
    for (const StoredTensor& tensor : shards_.back()->tensors()) {
      if (expected.erase(tensor.name) == 0) {
        const auto elsewhere = parsed["weight_map"].find(tensor.name);
        fail("{}: the shard '{}' has a tensor '{}', which the index {}", description(), shard, tensor.name,
             elsewhere == parsed["weight_map"].end()
                 ? "does not have"
                 : fmt::format("has in '{}'", elsewhere->get<std::string>()));
      }
      add(tensor);
      shard_of_.push_back(shards_.back().get());
    }
    if (!expected.empty()) {
      fail("{}: the shard '{}' has no tensor '{}'", description(), shard, *expected.begin());
    }
  }
}

Tensor ShardedSafetensors::read(size_t index) const {
  return shard_of_[index]->tensor(tensors()[index].name);
}

}  // namespace helder
