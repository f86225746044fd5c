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

TEST_CASE("restarts: the first sight of a daemon is none") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(Counters(5, 5));
  CHECK(detector.count() == 0);
}

TEST_CASE("restarts: another version is one, the same is none") {
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

TEST_CASE("restarts: a counter that falls is one, one that stands is none") {
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

TEST_CASE("restarts: two counters of one answer that fall are one") {
  RestartDetector detector;
  detector.ObserveCounters(Counters(5, 5));
  detector.ObserveCounters(Counters(1, 1));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: counters of two answers that fall are one") {
  RestartDetector detector;
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveCounters(With(kSent, 5));
  detector.ObserveCounters(With(kReceived, 1));
  detector.ObserveCounters(With(kSent, 1));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: a new version whose counters fell is one") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveVersion("0.43.0");
  detector.ObserveCounters(With(kReceived, 1));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: counters that fell under a new version are one") {
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

TEST_CASE("restarts: during an outage, one counts and is no news") {
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

TEST_CASE("restarts: an outage alone is none, and neither are two") {
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

TEST_CASE("restarts: a new version after an outage is one") {
  RestartDetector detector;
  detector.ObserveVersion("0.42.0");
  detector.ObserveCounters(With(kReceived, 5));
  detector.ObserveOutage();
  detector.ObserveVersion("0.43.0");
  CHECK_FALSE(detector.ObserveCounters(With(kReceived, 1)));
  CHECK(detector.count() == 1);
}

TEST_CASE("restarts: a counter that is missing for a while is compared later") {
  RestartDetector detector;
  detector.ObserveCounters(Counters(5, 5));
  detector.ObserveCounters(With(kReceived, 6));
  detector.ObserveCounters(Counters(7, 4));
  CHECK(detector.count() == 1);
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
