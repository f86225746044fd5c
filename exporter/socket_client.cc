#include "exporter/socket_client.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace ipfs_peer_exporter {
namespace {

std::string DescribeSocket(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return "";
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", info.st_mode & 07777u);
  return "; connecting needs write permission on " + path +
         ", which has owner " + std::to_string(info.st_uid) + ":" +
         std::to_string(info.st_gid) + " and mode " + mode;
}

// A Unix socket connects at once or not at all: a full backlog is EAGAIN, with
// nothing to wait for.
Result<int> Connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return SocketError(path, ENAMETOOLONG);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return SocketError(path, errno);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) != 0) {
    const int error = errno;
    close(fd);
    return SocketError(path, error);
  }
  return fd;
}

}  // namespace

Error SocketError(const std::string& path, int error) {
  Error result{Reason::kConnect, path + ": " + std::strerror(error)};
  if (error == EACCES || error == EPERM) {
    result.reason = Reason::kAuth;
    result.message += DescribeSocket(path);
  }
  return result;
}

SocketClient::~SocketClient() {
  while (!exchanges_.empty()) Close(exchanges_.begin());
}

void SocketClient::Start(SocketCall call) {
  const auto fd = Connect(call.unix_socket);
  if (!fd) return call.done(fd.error());
  const auto deadline = Clock::now() + call.timeout;
  const auto exchange =
      exchanges_.insert(exchanges_.end(), {std::move(call), *fd, 0, ""});
  exchange->timer = loop_.At(deadline, [this, exchange] {
    Finish(exchange,
           Error{Reason::kTimeout, "the other side did not close in time"});
  });
  loop_.Watch(exchange->fd, CURL_WAIT_POLLIN,
              [this, exchange] { OnReadable(exchange); });
}

void SocketClient::OnReadable(Handle exchange) {
  char buffer[16 * 1024];
  const auto size = read(exchange->fd, buffer, sizeof buffer);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  // One that closes without having read what was sent to it looks like a reset
  // behind its last byte: what came decides.
  if (size == 0 || (size < 0 && !exchange->reply.empty())) {
    return Finish(exchange, std::move(exchange->reply));
  }
  if (size < 0) {
    return Finish(exchange, SocketError(exchange->call.unix_socket, errno));
  }
  exchange->reply.append(buffer, static_cast<std::size_t>(size));
  if (exchange->reply.size() > exchange->call.max_bytes) {
    Finish(exchange,
           Error{Reason::kTooLarge,
                 "more than " + std::to_string(exchange->call.max_bytes) +
                     " bytes"});
  }
}

void SocketClient::Close(Handle exchange) {
  loop_.Unwatch(exchange->fd);
  loop_.Cancel(exchange->timer);
  close(exchange->fd);
  exchanges_.erase(exchange);
}

void SocketClient::Finish(Handle exchange, Result<std::string> reply) {
  const auto done = std::move(exchange->call.done);
  Close(exchange);
  done(std::move(reply));
}

}  // namespace ipfs_peer_exporter
