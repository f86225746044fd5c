#include "exporter/check_config.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "exporter/base/log.h"
#include "exporter/net/api_file.h"
#include "exporter/serve/listen_socket.h"

namespace ipfs_peer_exporter {
namespace {

void Tell(const std::string& what) {
  std::fprintf(stderr, "ipfs_peer_exporter: %s\n", Printable(what).c_str());
}

void CloseAll(std::vector<int>& fds) {
  for (const int fd : fds) close(fd);
  fds.clear();
}

// An address in use by another process, usually the running exporter, is only a
// warning. An address given twice is an error: every start would fail.
bool CanListen(const std::vector<std::string>& addresses) {
  bool good = true;
  std::vector<int> open;
  for (const auto& address : addresses) {
    int os_error = 0;
    auto fd = Listen(address, &os_error);
    const auto error = fd ? "" : fd.error().message;
    bool others = false;
    if (os_error == EADDRINUSE) {
      CloseAll(open);
      fd = Listen(address);
      others = !fd;
    }
    if (fd) open.push_back(*fd);
    if (error.empty()) continue;
    Tell((others ? "warning: --web.listen-address: "
                 : "--web.listen-address: ") +
         error);
    good = good && others;
  }
  CloseAll(open);
  return good;
}

}  // namespace

int CheckConfig(const Options& options) {
  if (options.ipfs.enabled && !options.ipfs.api) {
    const auto problem = FindLocalRpc().problem;
    if (!problem.empty()) Tell("warning: " + problem);
  }
  const bool listens = !options.systemd_socket;
  if (listens && !CanListen(options.listen_addresses)) return 2;
  std::puts("Configuration is valid.");
  return 0;
}

}  // namespace ipfs_peer_exporter
