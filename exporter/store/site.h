#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ipfs_peer_exporter {

// What the server needs of the configuration in force, and what the dashboard
// shows of it.
struct Site {
  struct Setting {
    std::string flag;    // "--ipfs.timeout"
    std::string value;   // without secrets
    std::string source;  // flag, environment variable or file; empty: default
  };

  std::string telemetry_path = "/metrics";
  // Whether a daemon is polled. If so, the exporter's own families are on the
  // page "ipfs", otherwise on the page "peer".
  bool ipfs = true;
  bool lifecycle = false;        // whether POST /-/reload is allowed
  std::size_t max_requests = 0;  // of metrics at once; 0: any number
  std::vector<Setting> settings{};
};

}  // namespace ipfs_peer_exporter
