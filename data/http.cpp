#include "data/http.h"

#include <algorithm>
#include <cctype>

namespace helder {

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string percent_encoded(const std::string& text, const std::string& safe) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (plain || std::string("-._~").find(c) != std::string::npos || safe.find(c) != std::string::npos) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

}  // namespace helder

#if defined(HELDER_HAVE_CURL)

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string_view>

namespace helder {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kSlowestBytesPerSecond = 1000;
constexpr milliseconds kBetweenTicks{100};

// What has arrived. libcurl, which is C, calls the functions below; they only note it, so that nothing is
// thrown through libcurl.
struct Arrived {
  HttpAnswer answer;
  bool headers_end = false;
  std::string body;  // not yet handed on
};

std::string trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return std::string(text);
}

size_t on_header(char* bytes, size_t size, size_t count, void* to) noexcept {
  Arrived& arrived = *static_cast<Arrived*>(to);
  const std::string_view line(bytes, size * count);
  const size_t colon = line.find(':');
  if (line.substr(0, 5) == "HTTP/") {
    arrived.answer = {};  // the one before was provisional, "100 Continue"
    const size_t space = line.find(' ');
    if (space != line.npos) {
      arrived.answer.status = std::atoi(std::string(line.substr(space)).c_str());
    }
  } else if (trimmed(line).empty()) {
    arrived.headers_end = arrived.answer.status >= 200;
  } else if (colon != line.npos) {
    std::string name = trimmed(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    arrived.answer.headers[name] = trimmed(line.substr(colon + 1));
  }
  return line.size();
}

size_t on_body(char* bytes, size_t size, size_t count, void* to) noexcept {
  static_cast<Arrived*>(to)->body.append(bytes, size * count);
  return size * count;
}

// Gives up a server that sends too little, measured over one `stall_timeout` after the other.
class StallWatch {
 public:
  explicit StallWatch(milliseconds timeout) : timeout_(timeout) {}

  milliseconds timeout() const { return timeout_; }
  void count(size_t bytes) { bytes_ += static_cast<int64_t>(bytes); }
  void restart() {
    start_ = Clock::now();
    bytes_ = 0;
  }
  void check_speed() {
    if (Clock::now() - start_ < timeout_) {
      return;
    }
    if (bytes_ * 1000 < kSlowestBytesPerSecond * timeout_.count()) {
      throw HttpError(fmt::format("the server sent less than {} bytes a second for {} s",
                                  kSlowestBytesPerSecond, static_cast<double>(timeout_.count()) / 1000));
    }
    restart();
  }

 private:
  milliseconds timeout_;
  Clock::time_point start_ = Clock::now();
  int64_t bytes_ = 0;
};

struct CloseTransfer {
  void operator()(CURL* curl) const { ::curl_easy_cleanup(curl); }
};
struct CloseTransfers {
  void operator()(CURLM* curl) const { ::curl_multi_cleanup(curl); }
};
struct FreeList {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { ::curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// One transfer by itself, in libcurl's interface for several: that one lets the caller have the loop.
class Transfer {
 public:
  explicit Transfer(const HttpRequest& request) : watch_(request.stall_timeout) {
    static const CURLcode initialised = ::curl_global_init(CURL_GLOBAL_DEFAULT);
    check(initialised == CURLE_OK && curl_ && loop_, "libcurl does not start");
    for (const std::string& header : request.headers) {
      headers_.reset(::curl_slist_append(headers_.release(), header.c_str()));
    }
    set(CURLOPT_URL, request.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server that never answers
#endif
    set(CURLOPT_USERAGENT, "helder");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_NOBODY, request.headers_only ? 1L : 0L);
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&arrived_));
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&arrived_));
    check(::curl_multi_add_handle(loop_.get(), curl_.get()) == CURLM_OK, "libcurl does not start");
  }
  ~Transfer() { ::curl_multi_remove_handle(loop_.get(), curl_.get()); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  HttpAnswer run(const HttpCallbacks& callbacks) {
    Clock::time_point next_tick = Clock::now();
    for (int running = 1; running > 0;) {
      if (callbacks.tick && Clock::now() >= next_tick) {
        callbacks.tick();
        next_tick = Clock::now() + kBetweenTicks;
      }
      ::curl_multi_perform(loop_.get(), &running);
      if (arrived_.headers_end && !arrived_.answer.ok()) {
        return arrived_.answer;
      }
      watch_.count(arrived_.body.size());
      if (callbacks.receive && !arrived_.body.empty()) {
        callbacks.receive(arrived_.answer, std::as_bytes(std::span(arrived_.body)));
      }
      arrived_.body.clear();
      if (running > 0) {
        is_connected() ? watch_.check_speed() : watch_.restart();
        ::curl_multi_poll(loop_.get(), nullptr, 0, wait_milliseconds(), nullptr);
      }
    }
    check_result();
    return arrived_.answer;
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    ::curl_easy_setopt(curl_.get(), option, value);
  }

  bool is_connected() const {
    curl_off_t microseconds = 0;
    ::curl_easy_getinfo(curl_.get(), CURLINFO_PRETRANSFER_TIME_T, &microseconds);
    return microseconds > 0;
  }

  int wait_milliseconds() const {
    return static_cast<int>(std::clamp<int64_t>(watch_.timeout().count() / 4, 1, kBetweenTicks.count()));
  }

  void check_result() {
    int left = 0;
    const CURLMsg* message = ::curl_multi_info_read(loop_.get(), &left);
    const CURLcode result = message ? message->data.result : CURLE_FAILED_INIT;
    if (result != CURLE_OK) {
      throw HttpError(reason_[0] ? reason_.data() : ::curl_easy_strerror(result));
    }
  }

  Arrived arrived_;
  StallWatch watch_;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<CURL, CloseTransfer> curl_{::curl_easy_init()};
  std::unique_ptr<CURLM, CloseTransfers> loop_{::curl_multi_init()};
};

std::string part_of(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (::curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) {
    return "";
  }
  std::string result = text;
  ::curl_free(text);
  return result;
}

Url parse(const std::string& base, const std::string& address) {
  Url url(::curl_url());
  const bool good = url && ::curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
                    ::curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) == CURLUE_OK;
  const std::string scheme = good ? part_of(url, CURLUPART_SCHEME) : "";
  if (scheme != "http" && scheme != "https") {
    throw HttpError(fmt::format("'{}' is not an address of http or https", address));
  }
  return url;
}

}  // namespace

HttpAnswer http_request(const HttpRequest& request, const HttpCallbacks& callbacks) {
  return Transfer(request).run(callbacks);
}

std::string resolve_url(const std::string& base, const std::string& address) {
  return part_of(parse(base, address), CURLUPART_URL);
}

std::string origin_of(const std::string& url) {
  const Url parsed = parse(url, url);
  std::string host = part_of(parsed, CURLUPART_HOST);
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  return part_of(parsed, CURLUPART_SCHEME) + "://" + host + ":" +
         part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

}  // namespace helder

#else  // no libcurl

namespace helder {

namespace {
[[noreturn]] void throw_no_libcurl() { throw HttpError("this build of Helder has no libcurl"); }
}  // namespace

HttpAnswer http_request(const HttpRequest&, const HttpCallbacks&) { throw_no_libcurl(); }
std::string resolve_url(const std::string&, const std::string&) { throw_no_libcurl(); }
std::string origin_of(const std::string&) { throw_no_libcurl(); }

}  // namespace helder

#endif
