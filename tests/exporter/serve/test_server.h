#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/serve/http_server.h"
#include "exporter/serve/listen_socket.h"

// A server on loopback and a client for tests of the HTTP server.
namespace ipfs_peer_exporter {

inline constexpr int kPatienceMs =
    100'000;  // a test that waits longer has failed

struct Reply {
  std::string head;  // up to the empty line
  std::string body;
  bool complete = false;

  std::string_view StatusLine() const {
    return std::string_view(head).substr(0, head.find("\r\n"));
  }
  bool Has(const std::string& header) const {
    return head.find("\r\n" + header + "\r\n") != std::string::npos;
  }
};

// A blocking client on a plain socket.
class Client {
 public:
  explicit Client(const std::string& server, const char* from = nullptr) {
    const auto colon = server.rfind(':');
    std::string host = server.substr(0, colon);
    if (host.front() == '[') host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* to = nullptr;
    REQUIRE(getaddrinfo(host.c_str(), server.c_str() + colon + 1, &hints,
                        &to) == 0);
    fd_ = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (from != nullptr) {
      sockaddr_in source{};
      source.sin_family = AF_INET;
      REQUIRE(inet_pton(AF_INET, from, &source.sin_addr) == 1);
      REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&source),
                   sizeof(source)) == 0);
    }
    REQUIRE(connect(fd_, to->ai_addr, to->ai_addrlen) == 0);
    freeaddrinfo(to);
  }
  Client(Client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        received_(std::move(other.received_)) {}
  virtual ~Client() {
    if (fd_ >= 0) close(fd_);
  }

  Client& Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = Write(bytes);
      if (sent <= 0) break;  // closed by the server: Receive() reports it
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }

  // More bytes; false at the end of the connection.
  bool Receive() {
    char buffer[65536];
    const ssize_t count = Read(buffer, sizeof buffer);
    if (count <= 0) return false;
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  Reply ReadReply(bool with_body = true) {
    Reply reply;
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return reply;
    }
    reply.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    const std::size_t length = with_body ? ContentLength(reply.head) : 0;
    while (received_.size() < length && Receive()) {
    }
    reply.complete = received_.size() >= length;
    reply.body = received_.substr(0, length);
    received_.erase(0, length);
    return reply;
  }

  Reply Get(const std::string& target, const std::string& headers = "") {
    Send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    return ReadReply();
  }

  // All that comes until the server ends the connection.
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return std::exchange(received_, "");
  }

  // Waits for it: true if the server ended the connection without a word.
  bool IsClosed() { return received_.empty() && !Receive(); }

  bool HasInput(std::chrono::milliseconds wait) {
    pollfd waiting{fd_, POLLIN, 0};
    return poll(&waiting, 1, static_cast<int>(wait.count())) == 1;
  }

 protected:
  virtual ssize_t Write(std::string_view bytes) {
    return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  virtual ssize_t Read(char* buffer, std::size_t size) {
    pollfd waiting{fd_, POLLIN, 0};
    REQUIRE(poll(&waiting, 1, kPatienceMs) == 1);
    return recv(fd_, buffer, size, 0);
  }
  int fd() const { return fd_; }

 private:
  static std::size_t ContentLength(const std::string& head) {
    const std::string name = "\r\nContent-Length: ";
    const auto begin = head.find(name);
    REQUIRE(begin != std::string::npos);
    std::size_t length = 0;
    std::from_chars(head.data() + begin + name.size(),
                    head.data() + head.size(), length);
    return length;
  }

  int fd_;
  std::string received_;
};

inline HttpResponse Text(std::string text) {
  HttpResponse response;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

// A server on loopback and the addresses that it listens on.
struct TestServer {
  explicit TestServer(HttpHandler handler, HttpLimits limits = {},
                      const std::vector<std::string>& hosts = {"127.0.0.1"},
                      const TlsConfig* tls = nullptr,
                      HttpServer::BeforeRun before_run = nullptr) {
    std::vector<int> fds;
    for (const std::string& host : hosts) {
      const Result<int> fd = Listen(host + ":0");
      REQUIRE(fd);
      fds.push_back(*fd);
      addresses.push_back(LocalAddress(*fd));
    }
    auto started = HttpServer::Start(fds, std::move(handler), limits, tls,
                                     std::move(before_run));
    REQUIRE(started);
    server = std::move(*started);
  }

  Client Connect(const char* from = nullptr) const {
    return Client(addresses.front(), from);
  }

  std::vector<std::string> addresses;
  std::unique_ptr<HttpServer> server;
};

}  // namespace ipfs_peer_exporter
