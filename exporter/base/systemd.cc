#include "exporter/base/systemd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

#include "exporter/base/errno_text.h"
#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

constexpr int kFirstPassed = 3;  // SD_LISTEN_FDS_START
constexpr int kMaxPassed = 64;

// The value of an environment variable, which is unset; empty if it is not set.
std::string Take(const char* name) {
  const char* const value = getenv(name);
  std::string taken = value != nullptr ? value : "";
  unsetenv(name);
  return taken;
}

std::optional<int> ToNumber(std::string_view text) {
  int number = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) return {};
  return number;
}

int OptionOf(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  if (getsockopt(fd, SOL_SOCKET, option, &value, &size) != 0) return -1;
  return value;
}

bool IsListening(int fd) {
  const int domain = OptionOf(fd, SO_DOMAIN);
  return (domain == AF_INET || domain == AF_INET6) &&
         OptionOf(fd, SO_TYPE) == SOCK_STREAM &&
         OptionOf(fd, SO_ACCEPTCONN) == 1;
}

bool SetFlags(int fd) {
  const int status = fcntl(fd, F_GETFL);
  return status >= 0 && fcntl(fd, F_SETFL, status | O_NONBLOCK) == 0 &&
         fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

std::string MonotonicMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1000);
}

}  // namespace

ServiceManager::ServiceManager() : socket_(Take("NOTIFY_SOCKET")) {
  if (socket_.empty() || socket_[0] == '/' || socket_[0] == '@') return;
  Log(LogLevel::kWarn, "NOTIFY_SOCKET is neither a path nor an abstract socket",
      {{"socket", socket_}});
  socket_.clear();
}

void ServiceManager::Ready() const { Send("READY=1"); }

void ServiceManager::Reloading() const {
  Send("RELOADING=1\nMONOTONIC_USEC=" + MonotonicMicroseconds());
}

void ServiceManager::Stopping() const { Send("STOPPING=1"); }

void ServiceManager::Send(const std::string& state) const {
  if (socket_.empty()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto size = socket_.size();
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool sent = false;
  if (fd >= 0 && size < sizeof address.sun_path) {
    std::memcpy(address.sun_path, socket_.data(), size);
    if (socket_[0] == '@') address.sun_path[0] = '\0';
    const auto length = offsetof(sockaddr_un, sun_path) + size;
    sent = sendto(fd, state.data(), state.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address),
                  static_cast<socklen_t>(length)) >= 0;
  }
  const int error = size < sizeof address.sun_path ? errno : ENAMETOOLONG;
  if (fd >= 0) close(fd);
  if (sent) return;
  Log(LogLevel::kWarn, "cannot notify the service manager",
      {{"socket", socket_}, {"state", state}, {"error", ErrnoText(error)}});
}

Result<std::vector<int>> PassedSockets() {
  const auto pid = ToNumber(Take("LISTEN_PID"));
  const auto count = ToNumber(Take("LISTEN_FDS"));
  Take("LISTEN_FDNAMES");
  const auto bad = [](const std::string& what) {
    return Error{Reason::kConnect, "--web.systemd-socket: " + what};
  };
  if (pid != getpid() || !count || *count < 1) {
    return bad(
        "systemd passed no socket; start the exporter with a .socket unit");
  }
  if (*count > kMaxPassed) return bad("more than 64 sockets were passed");
  std::vector<int> fds;
  for (int fd = kFirstPassed; fd < kFirstPassed + *count; ++fd) {
    if (!IsListening(fd) || !SetFlags(fd)) {
      return bad("descriptor " + std::to_string(fd) +
                 " is not a listening TCP socket");
    }
    fds.push_back(fd);
  }
  return fds;
}

}  // namespace ipfs_peer_exporter
