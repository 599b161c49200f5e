#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "weights/hub_name.h"

namespace helder {

struct HubOptions {
  std::filesystem::path cache;                       ///< the folder of weights/hub_cache.h
  std::string endpoint = "https://huggingface.co";   ///< who is asked
  std::string token = {};                            ///< for private repositories; sent to the endpoint alone
  bool offline = false;                              ///< only what is in the cache
  std::chrono::milliseconds connect_timeout{10000};  ///< for finding and reaching a server
  std::chrono::milliseconds stall_timeout{10000};  ///< one that hardly sends anything for so long is given up
  int attempts = 5;                                ///< at a file, from where the last one broke off

  /// Called about ten times a second while a file is downloaded: its name, the bytes that are there, and how
  /// many there will be (0 where the server does not say). It may throw to stop; what is there is kept.
  std::function<void(const std::string& file, uint64_t bytes, uint64_t total)> progress = {};
};

/// What huggingface_hub would take from the environment:
///
///   cache     HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, $HF_HOME/hub, $XDG_CACHE_HOME/huggingface/hub, or
///             ~/.cache/huggingface/hub
///   token     HF_TOKEN, HUGGING_FACE_HUB_TOKEN, or the file HF_TOKEN_PATH or $HF_HOME/token, unless
///             HF_HUB_DISABLE_IMPLICIT_TOKEN
///   endpoint  HF_ENDPOINT
///   offline   HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE (1, on, yes, true); HELDER_OFFLINE=1
///   timeouts  HF_HUB_ETAG_TIMEOUT (to connect), HF_HUB_DOWNLOAD_TIMEOUT (stalls), in seconds
HubOptions hub_options_from_environment();

/// Where the file lies on this machine, after downloading it where the cache does not have it. A branch or
/// tag is looked up each time; where nobody answers, the cache's copy is good enough.
///
/// Without a file's name it is the first that the repository has of `model.safetensors`,
/// `model.safetensors.index.json` and `pytorch_model.bin`. With an index, `*.index.json`, come all files that
/// it lists, into the same folder.
///
/// A download appears under its name when it is complete and its sum is that of its etag (SHA-256 for large
/// files, git's SHA-1 for small ones); one that breaks off is resumed by the next call. Throws `Error`, one
/// line, that starts with the name.
std::filesystem::path hub_file(const HubName& name, const HubOptions& options);

/// What a flag `--weights` means: `hf:owner/name[/file][@revision]`, or else a path of this machine as it is.
std::filesystem::path resolve_weights(const std::string& weights,
                                      const HubOptions& options = hub_options_from_environment());

}  // namespace helder
