#include "data/download.h"

#include "tensor/error.h"

#if defined(HELDER_HAVE_CURL)

#include <zlib.h>

#include <array>
#include <exception>
#include <optional>
#include <span>

#include "data/digest.h"
#include "data/http.h"
#include "tensor/atomic_file.h"

namespace helder {
namespace {

constexpr int kMostRedirects = 5;

using Bytes = std::span<const std::byte>;

// Unpacks gzip data as it arrives.
class Unpacker {
 public:
  Unpacker() {
    check(::inflateInit2(&stream_, 15 + 16) == Z_OK, "download: zlib has no memory");
  }  // 16: gzip's header
  ~Unpacker() { ::inflateEnd(&stream_); }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  // Calls `sink` for each piece that `packed` gives.
  template <class Sink>
  void feed(Bytes packed, Sink&& sink) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    std::array<std::byte, 1 << 15> piece;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      check(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR,
            "what arrived is not intact gzip data");
      sink(Bytes(piece).first(piece.size() - stream_.avail_out));
      if (result == Z_STREAM_END) {
        return;  // the sum, which is checked in the end, tells whether something is missing
      }
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
};

// What becomes of the bytes that one mirror sends.
class Receiver {
 public:
  Receiver(const RemoteFile& file, const std::filesystem::path& path) : file_(file), output_(path) {
    if (file.unpack) {
      unpacker_.emplace();
    }
  }

  uint64_t stored() const { return stored_; }

  void receive(Bytes bytes) {
    if (unpacker_) {
      unpacker_->feed(bytes, [&](Bytes unpacked) { store(unpacked); });
    } else {
      store(bytes);
    }
  }

  void finish() {
    check(stored_ == file_.bytes, "it has {} bytes instead of {}", stored_, file_.bytes);
    const std::string sum = sum_.hex();
    check(sum == file_.sha256, "its SHA-256 is {} instead of {}", sum, file_.sha256);
    output_.commit();
  }

 private:
  void store(Bytes bytes) {
    check(bytes.size() <= file_.bytes - stored_, "it has more than {} bytes", file_.bytes);
    sum_.add(bytes);
    output_.write(bytes);
    stored_ += bytes.size();
  }

  const RemoteFile& file_;
  AtomicFile output_;
  std::optional<Unpacker> unpacker_;
  Digest sum_{Digest::Kind::Sha256};
  uint64_t stored_ = 0;
};

// What a progress callback has thrown: it ends the download, not just this mirror's turn.
struct Stopped {
  std::exception_ptr reason;
};

// Throws `Error` with the reason alone where this mirror does not deliver.
void download_from(const std::string& url, const RemoteFile& file, const std::filesystem::path& path,
                   const DownloadOptions& options) {
  Receiver receiver(file, path);
  const auto show_progress = [&] {
    try {
      if (options.progress) {
        options.progress(receiver.stored());
      }
    } catch (...) {
      throw Stopped{std::current_exception()};
    }
  };
  const auto receive = [&](const HttpAnswer&, Bytes bytes) { receiver.receive(bytes); };
  std::string address = url;
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    const HttpAnswer answer = http_request(
        {.url = address, .connect_timeout = options.connect_timeout, .stall_timeout = options.stall_timeout},
        {.receive = receive, .tick = show_progress});
    if (answer.ok()) {
      receiver.finish();
      return show_progress();
    }
    const std::string location = answer.header("location");
    check(answer.status / 100 == 3 && !location.empty(), "the server answers {}", answer.status);
    address = resolve_url(address, location);
  }
  fail("there are more than {} redirects", kMostRedirects);
}

}  // namespace

bool can_download() { return true; }

void download(const RemoteFile& file, const std::filesystem::path& path, const DownloadOptions& options) {
  std::string reasons;
  for (const std::string& url : file.urls) {
    try {
      return download_from(url, file, path, options);
    } catch (const Stopped& stopped) {
      std::rethrow_exception(stopped.reason);
    } catch (const Error& error) {
      reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", url, error.what());
    }
  }
  fail("cannot download {}: {}", path.filename().string(), reasons.empty() ? "there is no mirror" : reasons);
}

}  // namespace helder

#else  // no libcurl

namespace helder {

bool can_download() { return false; }

void download(const RemoteFile&, const std::filesystem::path& path, const DownloadOptions&) {
  fail("cannot download {}: this build of Helder has no libcurl", path.filename().string());
}

}  // namespace helder

#endif
