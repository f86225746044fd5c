#pragma once

#include <atomic>
#include <optional>

namespace ipfs_peer_exporter {

// Whether the last reload of the web configuration file succeeded. Set on the
// server's thread, read on the main thread. Thread-safe.
class WebConfigStatus {
 public:
  void Set(bool successful) { state_ = successful ? 1 : 0; }

  // nullopt if there is no such file.
  std::optional<bool> Get() const {
    const int state = state_;
    if (state < 0) return std::nullopt;
    return state == 1;
  }

 private:
  std::atomic<int> state_ = -1;
};

}  // namespace ipfs_peer_exporter
