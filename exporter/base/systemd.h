#pragma once

#include <string>
#include <vector>

#include "adapters/result.h"

// The protocols of sd_notify(3) and sd_listen_fds(3), without libsystemd.
namespace ipfs_peer_exporter {

// Notifies the service manager of the program's state. Each call does nothing
// without a manager, and never waits for it; a message that cannot be sent is
// logged. Used on the main thread.
class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET, the path of a socket or, after an @, its name in the
  // abstract namespace, and unsets it. Call it before another thread starts.
  ServiceManager();

  void Ready() const;      // started, or the reload has ended
  void Reloading() const;  // a reload begins
  void Stopping() const;

 private:
  void Send(const std::string& state) const;

  std::string socket_;  // empty: there is no manager
};

// Returns the listening sockets that were passed to this process, now
// non-blocking and close-on-exec; the caller owns them. Reads LISTEN_PID and
// LISTEN_FDS, and unsets them. Returns an error if there is none, or if one is
// not a listening TCP socket. Call it before another thread starts.
Result<std::vector<int>> PassedSockets();

}  // namespace ipfs_peer_exporter
