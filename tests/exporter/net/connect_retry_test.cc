#include "exporter/net/connect_retry.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;

TEST_CASE("connect_retry: the delays grow to a tenth of a second") {
  const Clock::time_point now{};
  ConnectRetry retry(now + std::chrono::seconds(1));
  for (const int delay : {5, 10, 20, 40, 80, 100, 100}) {
    CHECK((retry.Next(now) - now == milliseconds(delay)));
  }
}

TEST_CASE("connect_retry: the last attempt is at the deadline") {
  const Clock::time_point now{};
  ConnectRetry retry(now + milliseconds(3));
  CHECK_FALSE(retry.IsOver(now));
  CHECK((retry.Next(now) == retry.deadline()));
  CHECK(retry.IsOver(retry.deadline()));
}

}  // namespace
}  // namespace ipfs_peer_exporter
