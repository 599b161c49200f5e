#include "weights/hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "tensor/error.h"
#include "weights/hub_cache.h"
#include "weights/hub_server.h"

namespace helder {
namespace {

namespace fs = std::filesystem;

constexpr std::array kUsualFiles = {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"};
constexpr std::string_view kIndexEnding = ".index.json";
constexpr uint64_t kLargestIndex = uint64_t{1} << 26;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_true(std::string value) {
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::toupper(c); });
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

// `~` stands for the home folder.
fs::path expanded(const std::string& path) {
  return path == "~" || path.substr(0, 2) == "~/" ? fs::path(environment("HOME") + path.substr(1))
                                                  : fs::path(path);
}

// $variable, or what it is by default.
fs::path folder_from(const char* variable, const fs::path& otherwise) {
  const std::string value = environment(variable);
  return value.empty() ? otherwise : expanded(value);
}

// Without line breaks, and without blanks at its ends.
std::string cleaned(std::string token) {
  std::erase_if(token, [](char c) { return c == '\r' || c == '\n'; });
  const size_t first = token.find_first_not_of(" \t");
  return first == token.npos ? "" : token.substr(first, token.find_last_not_of(" \t") - first + 1);
}

std::string find_token(const fs::path& home) {
  for (const char* variable : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    if (const std::string token = cleaned(environment(variable)); !token.empty()) {
      return token;
    }
  }
  std::ifstream file(folder_from("HF_TOKEN_PATH", home / "token"));
  return cleaned({std::istreambuf_iterator<char>(file), {}});
}

void set_seconds(std::chrono::milliseconds& timeout, const char* variable) {
  if (const int seconds = std::atoi(environment(variable).c_str()); seconds > 0) {
    timeout = std::chrono::seconds(seconds);
  }
}

struct Found {
  fs::path path;
  std::string commit;
};

std::optional<Found> find_in_cache(const HubCache& cache, const HubName& name) {
  const auto commit = cache.commit_of(name.revision);
  const auto path = commit ? cache.find(*commit, name.file) : std::nullopt;
  return path ? std::optional(Found{*path, *commit}) : std::nullopt;
}

Found find_or_download(const HubName& name, const HubOptions& options) {
  const HubCache cache(options.cache, name.repository);
  const auto cached = find_in_cache(cache, name);
  if (cached && (options.offline || is_commit_hash(name.revision))) {
    return *cached;
  }
  if (options.offline) {
    throw HubFileMissing(
        fmt::format("{}: it is not in the cache, {}, and may not be looked for elsewhere (offline)",
                    name.str(), options.cache.string()));
  }
  HubFile file;
  try {
    file = ask_hub(name, options);
  } catch (const HubUnavailable&) {
    if (cached) {
      return *cached;
    }
    throw;
  }
  auto path = cache.find(file.commit, name.file);
  if (path) {
    try {
      cache.remember(name.revision, file.commit);
    } catch (const Error&) {  // a cache that may only be read is a good one too
    }
    return {*path, file.commit};
  }
  download_blob(name, file, cache.blob(file.etag), cache.lock(file.etag), options);
  path = cache.link(file.commit, name.file, file.etag);
  cache.remember(name.revision, file.commit);
  return {*path, file.commit};
}

// The names of the files that an index lists, each once:
// {"weight_map": {"layer.weight": "model-00001-of-00002.safetensors", ...}}.
std::set<std::string> shards_of(const HubName& name, const fs::path& index) {
  std::error_code error;
  const uint64_t bytes = fs::file_size(index, error);
  check(!error && bytes <= kLargestIndex, "{}: the index has {} bytes, expected at most {}", name.str(),
        bytes, kLargestIndex);
  std::ifstream file(index);
  const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  check(json.is_object() && json.contains("weight_map") && json.at("weight_map").is_object(),
        "{}: the index has no weight_map", name.str());
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : json.at("weight_map").items()) {
    check(shard.is_string() && is_hub_path(shard.get<std::string>()),
          "{}: the index says that {} is in {}, which cannot be a file of a repository", name.str(), tensor,
          shard.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace));
    shards.insert(shard.get<std::string>());
  }
  return shards;
}

fs::path find_with_shards(const HubName& name, const HubOptions& options) {
  const Found found = find_or_download(name, options);
  if (name.file.ends_with(kIndexEnding)) {
    const std::string folder = name.file.substr(0, name.file.rfind('/') + 1);  // "" or "folder/"
    for (const std::string& shard : shards_of(name, found.path)) {
      find_or_download({name.repository, folder + shard, found.commit}, options);
    }
  }
  return found.path;
}

}  // namespace

HubOptions hub_options_from_environment() {
  const fs::path user_cache = folder_from("XDG_CACHE_HOME", expanded("~/.cache"));
  const fs::path home = folder_from("HF_HOME", user_cache / "huggingface");
  HubOptions options;
  options.cache = folder_from("HF_HUB_CACHE", folder_from("HUGGINGFACE_HUB_CACHE", home / "hub"));
  if (const std::string endpoint = environment("HF_ENDPOINT"); !endpoint.empty()) {
    options.endpoint = endpoint.substr(0, endpoint.find_last_not_of('/') + 1);
  }
  if (!is_true(environment("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) {
    options.token = find_token(home);
  }
  const std::string offline = environment("HF_HUB_OFFLINE");
  options.offline = is_true(offline.empty() ? environment("TRANSFORMERS_OFFLINE") : offline) ||
                    environment("HELDER_OFFLINE") == "1";
  set_seconds(options.connect_timeout, "HF_HUB_ETAG_TIMEOUT");
  set_seconds(options.stall_timeout, "HF_HUB_DOWNLOAD_TIMEOUT");
  return options;
}

fs::path hub_file(const HubName& name, const HubOptions& options) {
  name.check_parts();
  if (!name.file.empty()) {
    return find_with_shards(name, options);
  }
  HubOptions now = options;
  std::string reason;  // why the Hub was not asked for the rest
  for (const char* file : kUsualFiles) {
    try {
      return find_with_shards({name.repository, file, name.revision}, now);
    } catch (const HubFileMissing&) {
    } catch (const HubUnavailable& unavailable) {
      reason = unavailable.what();
      now.offline = true;
    }
  }
  check(reason.empty(), "{}", reason);
  const std::string where = options.offline ? fmt::format("the cache, {}, has", options.cache.string())
                                            : std::string("the repository has");
  fail("{}: {} none of {}; name a file: hf:owner/name/file", name.str(), where, fmt::join(kUsualFiles, ", "));
}

fs::path resolve_weights(const std::string& weights, const HubOptions& options) {
  return is_hub_name(weights) ? hub_file(parse_hub_name(weights), options) : fs::path(weights);
}

}  // namespace helder
