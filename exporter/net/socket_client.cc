#include "exporter/net/socket_client.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "exporter/base/errno_text.h"

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

Error ErrorAt(const SocketAddress& address, int error) {
  if (!address.unix_socket.empty()) {
    return SocketError(address.unix_socket, error);
  }
  return {Reason::kConnect, address.text + ": " + ErrnoText(error)};
}

// Returns the socket, or -1 with errno set. A Unix socket connects at once or
// fails.
int Connect(const SocketAddress& address) {
  const int fd = socket(address.storage.ss_family,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address.storage),
              address.size) == 0 ||
      errno == EINPROGRESS) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

}  // namespace

Error SocketError(const std::string& path, int error) {
  Error result{Reason::kConnect, path + ": " + ErrnoText(error)};
  if (error == EACCES || error == EPERM) {
    result.reason = Reason::kAuth;
    result.message += DescribeSocket(path);
  }
  return result;
}

SocketClient::~SocketClient() {
  while (!exchanges_.empty()) Close(exchanges_.begin());
}

SocketClient::CallId SocketClient::Start(SocketCall call) {
  const ConnectRetry retry(Clock::now() + call.timeout);
  const CallId id = next_call_++;
  Open(exchanges_.emplace(id, Exchange{std::move(call), retry}).first);
  return id;
}

void SocketClient::Cancel(CallId call) {
  const auto found = exchanges_.find(call);
  if (found != exchanges_.end()) Close(found);
}

void SocketClient::Open(Handle handle) {
  auto& exchange = handle->second;
  const auto& address = exchange.call.address;
  auto& retry = exchange.retry;
  exchange.fd = Connect(address);
  const int error = exchange.fd < 0 ? errno : 0;
  const auto now = Clock::now();
  if (error == EAGAIN && !address.unix_socket.empty()) {
    if (retry.IsOver(now)) {
      return Finish(handle, QueueIsFull(address.unix_socket));
    }
    exchange.timer =
        loop_.At(retry.Next(now), [this, handle] { Open(handle); });
    return;
  }
  if (error != 0) return Finish(handle, ErrorAt(address, error));
  exchange.timer = loop_.At(retry.deadline(), [this, handle] {
    Finish(handle, Error{Reason::kTimeout,
                         "the server did not close the connection in time"});
  });
  loop_.Watch(exchange.fd, EventLoop::kWritable,
              [this, handle] { OnWritable(handle); });
}

void SocketClient::OnWritable(Handle handle) {
  auto& exchange = handle->second;
  const auto& call = exchange.call;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(exchange.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  // The request is shorter than any socket's buffer, so it is sent whole.
  if (error == 0 && !call.request.empty() &&
      send(exchange.fd, call.request.data(), call.request.size(),
           MSG_NOSIGNAL) < 0) {
    // A server that has replied and closed already can still be read.
    error = errno == EPIPE || errno == ECONNRESET ? 0 : errno;
  }
  if (error != 0) return Finish(handle, ErrorAt(call.address, error));
  loop_.Watch(exchange.fd, EventLoop::kReadable,
              [this, handle] { OnReadable(handle); });
}

void SocketClient::OnReadable(Handle handle) {
  auto& exchange = handle->second;
  char buffer[16 * 1024];
  const auto size = read(exchange.fd, buffer, sizeof buffer);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  // If the server closes without reading the request, a reset follows its last
  // byte. A reply that arrived before it is used.
  if (size == 0 || (size < 0 && !exchange.reply.empty())) {
    return Finish(handle, std::move(exchange.reply));
  }
  if (size < 0) {
    return Finish(handle, ErrorAt(exchange.call.address, errno));
  }
  exchange.reply.append(buffer, static_cast<std::size_t>(size));
  if (exchange.reply.size() > exchange.call.max_bytes) {
    Finish(handle,
           Error{Reason::kTooLarge,
                 "more than " + std::to_string(exchange.call.max_bytes) +
                     " bytes"});
  }
}

void SocketClient::Close(Handle handle) {
  auto& exchange = handle->second;
  loop_.Cancel(exchange.timer);
  if (exchange.fd >= 0) {
    loop_.Unwatch(exchange.fd);
    close(exchange.fd);
  }
  exchanges_.erase(handle);
}

void SocketClient::Finish(Handle handle, Result<std::string> reply) {
  const auto done = std::move(handle->second.call.done);
  Close(handle);
  done(std::move(reply));
}

}  // namespace ipfs_peer_exporter
