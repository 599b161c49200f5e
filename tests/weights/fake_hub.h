#pragma once

#include <atomic>
#include <map>
#include <string>

#include "data/digest.h"
#include "data/download.h"
#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/data/loopback_server.h"
#include "tests/temporary_directory.h"
#include "weights/hub.h"

inline const std::string kResolve = "/owner/name/resolve/main/";
inline const std::string kFakeCommit = "0123456789abcdef0123456789abcdef01234567";

inline bool cannot_download() {
  if (!helder::can_download()) {
    WARN("skipped: this build has no libcurl");
  }
  return !helder::can_download();
}

inline std::string sum_of(helder::Digest::Kind kind, const std::string& text) {
  helder::Digest digest(kind);
  digest.add(std::as_bytes(std::span(text)));
  return digest.hex();
}
inline std::string sha256_of(const std::string& text) { return sum_of(helder::Digest::Kind::Sha256, text); }
inline std::string git_sha1_of(const std::string& text) {
  return sum_of(helder::Digest::Kind::Sha1,
                "blob " + std::to_string(text.size()) + std::string(1, '\0') + text);
}

inline Reply status(const std::string& line, const std::string& headers = "") {
  return {"HTTP/1.1 " + line + "\r\n" + headers + "Content-Length: 0\r\n\r\n"};
}

/// A store of large files, as the Hub redirects to: whatever the path, it has one file, and sends the part
/// that is asked for. It can be made to misbehave.
class FakeStore {
 public:
  explicit FakeStore(std::string contents)
      : contents_(std::move(contents)), server([this](const Request& request) { return answer(request); }) {}

  std::atomic<bool> ignores_range = false;
  std::atomic<bool> has_another_file = false;             ///< answers 416 to a part
  std::atomic<size_t> sends_at_most = std::string::npos;  ///< and then it closes the connection, or, where
  std::atomic<bool> hangs = false;                        ///< this is set, keeps it open

 private:
  Reply answer(const Request& request) const {
    const std::string range = request.header("Range");
    const size_t from = ignores_range || range.empty() ? 0 : std::stoul(range.substr(6));  // bytes=100-
    if (from > 0 && (has_another_file || from >= contents_.size())) {
      return status("416 Range Not Satisfiable");
    }
    const std::string rest = contents_.substr(from);
    std::string head = "HTTP/1.1 200 OK\r\n";
    if (from > 0) {
      head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(from) + "-" +
             std::to_string(contents_.size() - 1) + "/" + std::to_string(contents_.size()) + "\r\n";
    }
    head += "Content-Length: " + std::to_string(rest.size()) + "\r\n\r\n";
    return {head + rest.substr(0, sends_at_most), hangs};
  }

  std::string contents_;

 public:
  LoopbackServer server;  // last: its thread uses the rest
};

/// The headers with which the Hub sends clients on to a store.
inline Reply redirect(const std::string& url, const std::string& etag, size_t bytes) {
  return status("302 Found",
                "Location: " + url + "\r\nX-Repo-Commit: " + kFakeCommit + "\r\nX-Linked-Etag: \"" + etag +
                    "\"\r\nX-Linked-Size: " + std::to_string(bytes) + "\r\nETag: \"of-the-redirect\"\r\n");
}

/// The Hub's own answer for a small file; with its contents even to HEAD, which clients must not read.
inline Reply small_file(const std::string& contents, const std::string& etag) {
  return {"HTTP/1.1 200 OK\r\nX-Repo-Commit: " + kFakeCommit + "\r\nETag: W/\"" + etag +
          "\"\r\nContent-Length: " + std::to_string(contents.size()) + "\r\n\r\n" + contents};
}

/// An empty cache, and options that use it and one server, and are impatient.
struct HubClient {
  TemporaryDirectory cache;
  helder::HubOptions options;

  explicit HubClient(const std::string& endpoint) {
    ::setenv("no_proxy", "127.0.0.1", 1);
    options = {.cache = cache.path(),
               .endpoint = endpoint,
               .connect_timeout = std::chrono::milliseconds(2000),
               .stall_timeout = std::chrono::milliseconds(1000)};
  }

  std::filesystem::path get(const std::string& name) const {
    return helder::hub_file(helder::parse_hub_name(name), options);
  }
  std::string failure(const std::string& name) const {
    try {
      get(name);
    } catch (const helder::Error& error) {
      return error.what();
    }
    return "(no failure)";
  }
  std::filesystem::path folder(const std::string& name = "models--owner--name") const { return cache / name; }
  std::filesystem::path blob(const std::string& etag) const { return folder() / "blobs" / etag; }
  std::filesystem::path snapshot(const std::string& file) const {
    return folder() / "snapshots" / kFakeCommit / file;
  }
};
