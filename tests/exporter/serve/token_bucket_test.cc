#include "exporter/serve/token_bucket.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST_CASE("token bucket: a burst, then one token each interval") {
  const Clock::time_point start{hours(1)};
  TokenBucket bucket({.interval = milliseconds(100), .burst = 2}, start);
  CHECK(bucket.Take(start));
  CHECK(bucket.Take(start));
  CHECK_FALSE(bucket.Take(start));
  CHECK_FALSE(bucket.Take(start + milliseconds(99)));
  CHECK(bucket.Take(start + milliseconds(101)));
  CHECK_FALSE(bucket.Take(start + milliseconds(101)));
  // It does not fill beyond the burst.
  const auto later = start + hours(9);
  CHECK(bucket.Take(later));
  CHECK(bucket.Take(later));
  CHECK_FALSE(bucket.Take(later));
}

TEST_CASE("token bucket: extreme limits") {
  const Clock::time_point start{hours(1)};
  TokenBucket closed({.interval = milliseconds(1), .burst = 0}, start);
  CHECK_FALSE(closed.Take(start + hours(9)));
  TokenBucket wide({.interval = hours(24), .burst = 0x7fffffff}, start);
  for (int i = 0; i < 1000; ++i) CHECK(wide.Take(start));
  TokenBucket fast({.interval = Duration(1), .burst = 1}, start);
  CHECK(fast.Take(start));
  CHECK(fast.Take(start + hours(24)));
}

}  // namespace
}  // namespace ipfs_peer_exporter
