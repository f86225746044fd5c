#include "exporter/serve/token_bucket.h"

#include <algorithm>

namespace ipfs_peer_exporter {

TokenBucket::TokenBucket(const RateLimit& limit, Clock::time_point now)
    : limit_(limit), tokens_(limit.burst), filled_(now) {}

bool TokenBucket::Take(Clock::time_point now) {
  tokens_ += Seconds(now - filled_) / Seconds(limit_.interval);
  tokens_ = std::min<double>(tokens_, limit_.burst);
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace ipfs_peer_exporter
