#include "adapters/ipfs/restarts.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kReceived{"received_total", kCounter, "A counter."};
constexpr Family kSent{"sent_total", kCounter, "Another."};
constexpr Family kPeers{"peers", kGauge, "A gauge."};

Families With(const Family& family, double value, Labels labels = {}) {
  Families families;
  families.Add(family, value, std::move(labels));
  return families;
}

Families Counters(double received, double sent) {
  auto families = With(kReceived, received);
  families.Add(kSent, sent);
  return families;
}

TEST_CASE("restarts: the first observation is not a restart") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(Counters(5, 5));
  CHECK(detector.count() == 0);
}

TEST_CASE("restarts: a new version is a restart, the same is not") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveVersion("0.42.0");
  CHECK(detector.count() == 0);
  detector.ObserveVersion("0.43.0");
  CHECK(detector.count() == 1);
  detector.ObserveVersion("0.43.0");
  CHECK(detector.count() == 1);
  detector.ObserveVersion("0.42.0");
  CHECK(detector.count() == 2);
}

TEST_CASE("restarts: a falling counter is a restart, a constant one is not") {
  RestartDetector detector;
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveCounters(With(kReceived, 7));
  CHECK(detector.count() == 0);
  detector.ObserveCounters(With(kReceived, 6));
  CHECK(detector.count() == 1);
  detector.ObserveCounters(With(kReceived, 6.5));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: two falling counters of one reply are one restart") {
  RestartDetector detector;
  detector.ObserveCounters(Counters(5, 5));
  detector.ObserveCounters(Counters(1, 1));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: falling counters of two replies are one restart") {
  RestartDetector detector;
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveCounters(With(kSent, 5));
  detector.ObserveCounters(With(kReceived, 1));
  detector.ObserveCounters(With(kSent, 1));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: falling counters after a new version are one restart") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveVersion("0.43.0");
  detector.ObserveCounters(With(kReceived, 1));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: a new version after falling counters is one restart") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveCounters(With(kReceived, 1));
  detector.ObserveVersion("0.43.0");
  CHECK(detector.count() == 1);
  detector.ObserveVersion("0.42.0");
  CHECK(detector.count() == 2);
}

TEST_CASE("restarts: a gauge may fall, and so may a counter with labels") {
  RestartDetector detector;
  detector.ObserveCounters(With(kPeers, 5));
  detector.ObserveCounters(With(kPeers, 1));
  detector.ObserveCounters(With(kReceived, 5, {{"protocol", "/a"}}));
  detector.ObserveCounters(With(kReceived, 1, {{"protocol", "/b"}}));
  CHECK(detector.count() == 0);
}

TEST_CASE("restarts: a restart during an outage is counted, not reported") {
  RestartDetector detector;
  CHECK_FALSE(detector.ObserveCounters(Counters(5, 5)));
  detector.ObserveOutage();
  CHECK_FALSE(detector.ObserveCounters(With(kReceived, 1)));
  CHECK(detector.count() == 1);
  CHECK_FALSE(detector.ObserveCounters(With(kSent, 1)));
  CHECK(detector.count() == 1);
  CHECK(detector.ObserveCounters(With(kSent, 0)));
  CHECK(detector.count() == 2);
}

TEST_CASE("restarts: outages alone are not restarts") {
  RestartDetector detector;
  detector.ObserveCounters(Counters(5, 5));
  detector.ObserveOutage();
  detector.ObserveCounters(With(kReceived, 6));
  detector.ObserveOutage();
  CHECK_FALSE(detector.ObserveCounters(Counters(6, 5)));
  CHECK(detector.count() == 0);
  CHECK(detector.ObserveCounters(Counters(6, 4)));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: a new version after an outage is a restart") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveOutage();
  detector.ObserveVersion("0.43.0");
  CHECK_FALSE(detector.ObserveCounters(With(kReceived, 1)));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: a counter missing for a while is compared later") {
  RestartDetector detector;
  detector.ObserveCounters(Counters(5, 5));
  detector.ObserveCounters(With(kReceived, 6));
  detector.ObserveCounters(Counters(7, 4));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: another daemon is not a restart, and the count stays") {
  RestartDetector detector;
  detector.ObserveVersion("0.41.0");
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveReplacement();
  CHECK_FALSE(detector.ObserveVersion("0.10.0"));
  CHECK_FALSE(detector.ObserveCounters(With(kReceived, 1)));
  CHECK(detector.count() == 1);
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
