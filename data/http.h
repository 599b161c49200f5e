#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tensor/error.h"

namespace helder {

/// What keeps a server's answer from arriving: it cannot be reached, stalls, or breaks off.
class HttpError : public Error {
 public:
  using Error::Error;
};

struct HttpRequest {
  std::string url;                        ///< http or https
  std::vector<std::string> headers = {};  ///< `Range: bytes=100-`
  bool headers_only = false;              ///< HEAD instead of GET

  /// For finding and reaching the server, the TLS handshake included.
  std::chrono::milliseconds connect_timeout{4000};
  /// A server that then sends less than 1000 bytes a second for this long is given up.
  std::chrono::milliseconds stall_timeout{4000};
};

struct HttpAnswer {
  int status = 0;                              ///< 200, 404
  std::map<std::string, std::string> headers;  ///< names in lower case

  bool ok() const { return status >= 200 && status < 300; }
  /// "" where there is none of that (lower-case) name.
  std::string header(const std::string& name) const;
};

struct HttpCallbacks {
  /// The body of an answer that is ok(), a piece at a time. Every other answer's is not waited for.
  std::function<void(const HttpAnswer& answer, std::span<const std::byte> bytes)> receive = {};
  /// Called at the beginning and then about ten times a second, to show progress or to stop.
  std::function<void()> tick = {};
};

/// Sends one request and waits for the answer, whatever its status; redirects are not followed. Throws
/// `HttpError` where none arrives, or not all of it. A callback may throw: that ends the request, and is
/// thrown on.
HttpAnswer http_request(const HttpRequest& request, const HttpCallbacks& callbacks = {});

/// What `address`, as it stands in a page or header from `base`, means: `/b` from `http://host/a` is
/// `http://host/b`. Throws `HttpError` where that is not an address of http or https.
std::string resolve_url(const std::string& base, const std::string& address);

/// Scheme, host and port: who gets what is sent there. `https://host:443`.
std::string origin_of(const std::string& url);

/// The text with all but letters, digits, `-._~` and those in `safe` written as %XX.
std::string percent_encoded(const std::string& text, const std::string& safe = "");

}  // namespace helder
