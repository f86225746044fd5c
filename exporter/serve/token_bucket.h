#pragma once

#include "exporter/config/web_config.h"

namespace ipfs_peer_exporter {

// Limits the rate of requests. Begins full. Used on one thread.
class TokenBucket {
 public:
  TokenBucket(const RateLimit& limit, Clock::time_point now);

  // Takes a token; false if there is none.
  bool Take(Clock::time_point now);

  const RateLimit& limit() const { return limit_; }

 private:
  const RateLimit limit_;
  double tokens_;
  Clock::time_point filled_;  // when `tokens_` was right
};

}  // namespace ipfs_peer_exporter
