#include "exporter/base/systemd.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "exporter/base/log.h"
#include "tests/exporter/scoped.h"
#include "tests/exporter/stderr_of.h"

namespace ipfs_peer_exporter {
namespace {

// A service manager's socket; a name that begins with @ is abstract.
class Manager {
 public:
  explicit Manager(const std::string& name)
      : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + name.size();
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(size)) == 0);
  }
  ~Manager() { close(fd_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // The next message; empty if there is none.
  std::string Told() const {
    char text[200];
    const auto size = recv(fd_, text, sizeof text, 0);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  const int fd_;
};

TEST_CASE("systemd: the manager is told, by path and by abstract name") {
  const ScopedFolder folder;
  const std::string names[] = {folder.File("notify"),
                               "@ipe-systemd-test-" + std::to_string(getpid())};
  for (const auto& name : names) {
    CAPTURE(name);
    const Manager manager(name);
    const ScopedEnv variable("NOTIFY_SOCKET", name);
    const ServiceManager service;
    CHECK(getenv("NOTIFY_SOCKET") == nullptr);
    service.Ready();
    CHECK(manager.Told() == "READY=1");
    service.Reloading();
    const auto told = manager.Told();
    const std::string begin = "RELOADING=1\nMONOTONIC_USEC=";
    REQUIRE(told.starts_with(begin));
    CHECK(std::stoll(told.substr(begin.size())) > 0);
    service.Stopping();
    CHECK(manager.Told() == "STOPPING=1");
  }
}

TEST_CASE("systemd: without a manager nothing happens") {
  const ScopedEnv variable("NOTIFY_SOCKET", std::nullopt);
  const ServiceManager service;
  CHECK(StderrOf([&] { service.Ready(); }).empty());
}

TEST_CASE("systemd: a manager that cannot be told is logged") {
  const ScopedFolder folder;
  const std::pair<std::string, std::string> rows[] = {
      {folder.File("missing"), "No such file or directory"},
      {"/" + std::string(200, 'a'), strerror(ENAMETOOLONG)},
      {"vsock:2:1234", "neither a path nor an abstract socket"}};
  for (const auto& [name, told] : rows) {
    CAPTURE(name);
    const ScopedEnv variable("NOTIFY_SOCKET", name);
    const auto text = StderrOf([] {
      SetUpLog(LogLevel::kInfo, LogFormat::kLogfmt);
      ServiceManager().Ready();
    });
    CHECK(text.find(told) != std::string::npos);
  }
}

int Open(int type, bool listens) {
  const int fd = socket(AF_INET, type, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address),
               sizeof address) == 0);
  if (listens) REQUIRE(listen(fd, 1) == 0);
  return fd;
}

// Passes `fd` as descriptor 3, and maybe gives 3 back to its owner at the end.
class Passed {
 public:
  explicit Passed(int fd) : before_(dup(3)) {
    REQUIRE(dup2(fd, 3) == 3);
    if (fd != 3) close(fd);
  }
  ~Passed() {
    if (before_ < 0) {
      close(3);
    } else {
      dup2(before_, 3);
      close(before_);
    }
  }
  Passed(const Passed&) = delete;
  Passed& operator=(const Passed&) = delete;

 private:
  const int before_;
};

Result<std::vector<int>> Take(const std::string& pid, const std::string& fds) {
  const ScopedEnv pid_variable("LISTEN_PID", pid);
  const ScopedEnv fds_variable("LISTEN_FDS", fds);
  const ScopedEnv names("LISTEN_FDNAMES", "metrics");
  auto taken = PassedSockets();
  CHECK(getenv("LISTEN_PID") == nullptr);
  CHECK(getenv("LISTEN_FDS") == nullptr);
  CHECK(getenv("LISTEN_FDNAMES") == nullptr);
  return taken;
}

TEST_CASE("systemd: a socket that was passed") {
  const Passed passed(Open(SOCK_STREAM, true));
  const auto fds = Take(std::to_string(getpid()), "1");
  REQUIRE_MESSAGE(fds, fds.error().message);
  CHECK((*fds == std::vector<int>{3}));
  CHECK((fcntl(3, F_GETFL) & O_NONBLOCK) != 0);
  CHECK((fcntl(3, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("systemd: what is not passed, or not a listening TCP socket") {
  const Passed passed(Open(SOCK_STREAM, true));
  const auto pid = std::to_string(getpid());
  const std::pair<std::string, std::string> rows[] = {
      {"1", "1"}, {pid, "0"}, {pid, "-1"}, {pid, "x"}, {pid, "1000"}, {"", ""}};
  for (const auto& [for_pid, count] : rows) {
    CAPTURE(for_pid);
    CAPTURE(count);
    CHECK_FALSE(Take(for_pid, count));
  }
  for (const auto& [type, listens] :
       {std::pair<int, bool>(SOCK_STREAM, false), {SOCK_DGRAM, false}}) {
    const Passed other(Open(type, listens));
    const auto taken = Take(pid, "1");
    REQUIRE_FALSE(taken);
    CHECK(taken.error().message ==
          "--web.systemd-socket: descriptor 3 is not a listening TCP socket");
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
