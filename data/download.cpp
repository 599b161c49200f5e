#include "data/download.h"

#include "tensor/error.h"

#if defined(HELDER_HAVE_CURL)

#include <curl/curl.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "tensor/atomic_file.h"

namespace helder {
namespace {

using Bytes = std::span<const std::byte>;

class Sha256 {
 public:
  Sha256() : context_(::EVP_MD_CTX_new()) {
    check(context_ && ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr) == 1,
          "download: no SHA-256");
  }

  void add(Bytes bytes) { ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    ::EVP_DigestFinal_ex(context_.get(), sum.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += fmt::format("{:02x}", sum[i]);
    }
    return text;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

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
  Sha256 sum_;
  uint64_t stored_ = 0;
};

// One request. libcurl is C: an exception of a callback waits here until libcurl has returned.
struct Request {
  Receiver& receiver;
  const DownloadOptions& options;
  std::exception_ptr from_receiver = nullptr;
  std::exception_ptr from_progress = nullptr;
};

size_t on_bytes(char* bytes, size_t size, size_t count, void* request_pointer) {
  Request& request = *static_cast<Request*>(request_pointer);
  try {
    request.receiver.receive(std::as_bytes(std::span(bytes, size * count)));
    return size * count;
  } catch (...) {
    request.from_receiver = std::current_exception();
    return 0;  // anything but all of them: stop
  }
}

int on_progress(void* request_pointer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  Request& request = *static_cast<Request*>(request_pointer);
  try {
    if (request.options.progress) {
      request.options.progress(request.receiver.stored());
    }
    return 0;
  } catch (...) {
    request.from_progress = std::current_exception();
    return 1;
  }
}

// What a progress callback has thrown: it ends the download, not just this mirror's turn.
struct Stopped {
  std::exception_ptr reason;
};

struct EasyCleanup {
  void operator()(CURL* curl) const { ::curl_easy_cleanup(curl); }
};

// Throws `Error` with the reason alone where this mirror does not deliver.
void download_from(const std::string& url, const RemoteFile& file, const std::filesystem::path& path,
                   const DownloadOptions& options) {
  static const CURLcode initialised = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, EasyCleanup> curl(::curl_easy_init());
  check(initialised == CURLE_OK && curl != nullptr, "libcurl does not start");

  Receiver receiver(file, path);
  Request request{receiver, options};
  std::array<char, CURL_ERROR_SIZE> reason{};
  const auto set = [&](CURLoption option, auto value) { ::curl_easy_setopt(curl.get(), option, value); };
  set(CURLOPT_URL, url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  set(CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
  set(CURLOPT_REDIR_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
#endif
  set(CURLOPT_USERAGENT, "helder");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 5L);
  set(CURLOPT_FAILONERROR, 1L);  // 404 is a failure, not a file
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1000L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()));
#if LIBCURL_VERSION_NUM >= 0x075700
  set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server that never answers
#endif
  set(CURLOPT_ERRORBUFFER, reason.data());
  set(CURLOPT_WRITEFUNCTION, &on_bytes);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&request));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&request));

  const CURLcode result = ::curl_easy_perform(curl.get());
  if (request.from_progress) {
    throw Stopped{request.from_progress};
  }
  if (request.from_receiver) {
    std::rethrow_exception(request.from_receiver);
  }
  check(result == CURLE_OK, "{}", reason[0] ? reason.data() : ::curl_easy_strerror(result));
  receiver.finish();
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
