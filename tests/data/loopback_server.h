#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

/// What a server answers: these bytes, and then it closes the connection, or keeps it open and says nothing
/// more.
struct Reply {
  std::string bytes;
  bool hangs = false;
};

inline Reply ok(const std::string& body) {
  return {"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}

/// What a client asks.
struct Request {
  std::string method;  // GET
  std::string path;
  std::map<std::string, std::string> headers;  // as they are spelt

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// A web server on this machine alone that answers each path with a fixed reply, or each request as a
/// function does, which its thread calls. One connection at a time.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::map<std::string, Reply> replies)
      : LoopbackServer([replies = std::move(replies)](const Request& request) {
          const auto found = replies.find(request.path);
          return found != replies.end() ? found->second
                                        : Reply{"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n"};
        }) {}
  explicit LoopbackServer(std::function<Reply(const Request&)> answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen on 127.0.0.1");
    }
    port_ = ::ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept
    thread_.join();
    for (const int connection : open_) ::close(connection);
    ::close(listener_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  /// All requests so far.
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      open_.push_back(connection);
      const Request request = read_request(connection);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const Reply reply = answer_(request);
      for (size_t sent = 0; sent < reply.bytes.size();) {
        const ssize_t n =
            ::send(connection, reply.bytes.data() + sent, reply.bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<size_t>(n);
      }
      if (!reply.hangs) {
        ::close(connection);
        open_.pop_back();
      }
    }
  }

  static Request read_request(int connection) {
    std::string text;
    char bytes[1024];
    while (text.find("\r\n\r\n") == std::string::npos) {
      const ssize_t n = ::recv(connection, bytes, sizeof bytes, 0);
      if (n <= 0) return {};
      text.append(bytes, static_cast<size_t>(n));
    }
    Request request;
    const size_t path = text.find(' ') + 1;
    request.method = text.substr(0, path - 1);
    request.path = text.substr(path, text.find(' ', path) - path);
    for (size_t line = text.find("\r\n") + 2; text.compare(line, 2, "\r\n") != 0;) {
      const size_t end = text.find("\r\n", line), colon = text.find(": ", line);
      if (colon < end)
        request.headers[text.substr(line, colon - line)] = text.substr(colon + 2, end - colon - 2);
      line = end + 2;
    }
    return request;
  }

  std::function<Reply(const Request&)> answer_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> open_;
  std::thread thread_;
};

/// An address of this machine that does not answer: its queue of connections is full and nobody takes any.
class SilentAddress {
 public:
  SilentAddress() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 0) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen on 127.0.0.1");
    }
    port_ = ::ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i) {
      waiting_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      ::connect(waiting_.back(), reinterpret_cast<sockaddr*>(&address), size);
    }
  }
  ~SilentAddress() {
    for (const int connection : waiting_) ::close(connection);
    ::close(listener_);
  }
  SilentAddress(const SilentAddress&) = delete;
  SilentAddress& operator=(const SilentAddress&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/file"; }

 private:
  int listener_ = -1;
  int port_ = 0;
  std::vector<int> waiting_;
};
