#pragma once

#include <cstddef>
#include <memory>

namespace ipfs_peer_exporter {

// Limits how many requests are under way at once. Used on the server's thread.
class RequestLimit {
 public:
  // 0 means no limit.
  explicit RequestLimit(std::size_t max) : max_(max) {}

  RequestLimit(const RequestLimit&) = delete;
  RequestLimit& operator=(const RequestLimit&) = delete;

  // Returns a token that counts as a request until it is released, before the
  // object is destroyed; null if the limit is reached.
  std::shared_ptr<const void> Begin() {
    if (max_ != 0 && under_way_ >= max_) return nullptr;
    ++under_way_;
    return {this, [this](const void*) { --under_way_; }};
  }

 private:
  const std::size_t max_;
  std::size_t under_way_ = 0;
};

}  // namespace ipfs_peer_exporter
