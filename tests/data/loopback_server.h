#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
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

/// A web server on this machine alone that answers each path with a fixed reply. One connection at a time.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::map<std::string, Reply> replies) : replies_(std::move(replies)) {
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

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      open_.push_back(connection);
      const auto found = replies_.find(path_of_request(connection));
      const Reply reply = found != replies_.end()
                              ? found->second
                              : Reply{"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n"};
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

  static std::string path_of_request(int connection) {
    std::string request;
    char bytes[1024];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t n = ::recv(connection, bytes, sizeof bytes, 0);
      if (n <= 0) return "";
      request.append(bytes, static_cast<size_t>(n));
    }
    const size_t start = request.find(' ') + 1;
    return request.substr(start, request.find(' ', start) - start);
  }

  std::map<std::string, Reply> replies_;
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
