#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace helder {

/// Whether this build can download at all: it cannot without libcurl and libcrypto.
bool can_download();

/// A file that other machines offer, and how to know that it is the right one.
struct RemoteFile {
  std::vector<std::string> urls;  ///< mirrors of one file, tried in this order; http or https
  bool unpack = false;            ///< the mirrors have it packed by gzip; it is stored unpacked
  uint64_t bytes = 0;             ///< its size, as it is stored
  std::string sha256;             ///< its sum, as it is stored, in lower-case hexadecimal
};

struct DownloadOptions {
  /// For finding and reaching one mirror, the TLS handshake included.
  std::chrono::milliseconds connect_timeout{4000};
  /// A mirror that sends less than 1000 bytes a second for this long is given up.
  std::chrono::milliseconds stall_timeout{4000};
  /// Called a few times a second with the bytes stored so far, of `RemoteFile::bytes`. It may throw to stop
  /// the download, for example after Ctrl-C; `download` throws that on.
  std::function<void(uint64_t bytes)> progress = {};
};

/// Downloads a file to `path`, whose directory has to exist. The file appears there (tensor/atomic_file.h)
/// once it is complete and its sum is right; until then, or if this fails, nothing does, and what was there
/// before stays. Throws `Error` with each mirror's reason when none has delivered.
void download(const RemoteFile& file, const std::filesystem::path& path, const DownloadOptions& options = {});

}  // namespace helder
