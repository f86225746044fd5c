#include "tests/exporter/tiny_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace ipfs_peer_exporter {
namespace {

int Check(int result) {
  if (result < 0) throw std::runtime_error("no socket for a test");
  return result;
}

int ListenAt(const sockaddr* address, socklen_t size, int backlog = 8) {
  const int fd =
      Check(socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Check(bind(fd, address, size));
  Check(listen(fd, backlog));
  return fd;
}

sockaddr_un UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

}  // namespace

TinyServer::TinyServer(Talk talk) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  fd_ = ListenAt(generic, size);
  Check(getsockname(fd_, generic, &size));
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, talk = std::move(talk)] { Serve(talk); });
}

TinyServer::TinyServer(const std::string& path, Talk talk) {
  const auto address = UnixAddress(path);
  fd_ = ListenAt(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  thread_ = std::thread([this, talk = std::move(talk)] { Serve(talk); });
}

TinyServer::~TinyServer() {
  shutdown(fd_, SHUT_RDWR);  // wakes accept()
  thread_.join();
  close(fd_);
}

void TinyServer::Serve(Talk talk) {
  while (true) {
    const int fd = accept(fd_, nullptr, nullptr);
    if (fd < 0) return;
    ++connections_;
    talk(fd);
    close(fd);
  }
}

FullListener::FullListener(const std::string& path) {
  const auto address = UnixAddress(path);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  fd_ = ListenAt(generic, sizeof address, 0);
  waiting_ = Check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Check(connect(waiting_, generic, sizeof address));
}

FullListener::~FullListener() {
  close(waiting_);
  close(fd_);
}

int FullListener::Accept() const {
  return Check(accept(fd_, nullptr, nullptr));
}

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the other side has had enough
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string ReceiveRequest(int fd) {
  std::string request;
  char c = 0;
  while (!request.ends_with("\r\n\r\n")) {
    if (recv(fd, &c, 1, 0) != 1) return "";
    request += c;
  }
  return request;
}

void AwaitClose(int fd) {
  char buffer[4096];
  while (recv(fd, buffer, sizeof buffer, 0) > 0) {
  }
}

}  // namespace ipfs_peer_exporter
