#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "adapters/json.h"
#include "exporter/poll/ipfs_poller.h"
#include "tests/exporter/poll/fake_http.h"
#include "tests/exporter/poll/fake_timers.h"

// Collectors of the tests, and a poller of them with a fake daemon.
namespace ipfs_peer_exporter {

using ipfs::Collector;
using ipfs::Request;
using ipfs::Sink;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr Family kFamilies[] = {
    {"ipfs_one_total", kCounter, "n of one."},
    {"ipfs_other", kGauge, "n of another."}};

// Reads {"n":5}.
inline auto ReadInto(const Family& family) {
  return [&family](const rapidjson::Value& reply, Sink& sink) -> Status {
    const auto count = Count(reply, "n");
    if (!count) return Error{Reason::kSchema, "no n"};
    sink.families.Add(family, *count);
    return Ok();
  };
}

inline std::vector<Request> AskOne(const ipfs::Settings&) {
  return {{.target = "one", .document = ReadInto(kFamilies[0])}};
}

inline Status ReadSwarm(const rapidjson::Value&, Sink& sink) {
  sink.daemon.connected = {.hashes = {}, .at = sink.daemon.now};
  return Ok();
}

inline std::vector<Request> AskSwarm(const ipfs::Settings&) {
  return {{.target = "swarm", .document = ReadSwarm}};
}

inline const Collector kOne{.name = "one",
                            .on_by_default = true,
                            .interval = seconds(10),
                            .requests = AskOne,
                            .families = kFamilies};
inline const Collector kLate{.name = "late",
                             .on_by_default = true,
                             .interval = minutes(10),
                             .requests = AskOne,
                             .families = kFamilies,
                             .first_after = minutes(5),
                             .added_later = true};
inline const Collector kSwarm{.name = "swarm",
                              .on_by_default = true,
                              .interval = seconds(10),
                              .requests = AskSwarm,
                              .families = {}};
inline const Collector kPeering{
    .name = "peering",
    .on_by_default = true,
    .interval = seconds(10),
    .requests = AskOne,
    .families = kFamilies,
    .after = &kSwarm,
    .has_input = [](const ipfs::DaemonState& daemon) {
      return daemon.ConnectedNow() != nullptr;
    }};

inline constexpr char kVersionCall[] = "/api/v0/version";
inline constexpr char kCommands[] = "/api/v0/commands";
inline constexpr char kCallOne[] = "/api/v0/one";

inline FakeHttp::Reply Says(const std::string& body) { return {.body = body}; }

// A poller of these collectors, each with an interval of ten seconds, and a
// healthy daemon that answers `one`.
struct PolledDaemon {
  explicit PolledDaemon(const std::vector<const Collector*>& collectors) {
    SetUpLog(LogLevel::kError, LogFormat::kLogfmt);
    options.api = *ParseRpcAddress("/ip4/127.0.0.1/tcp/5001");
    options.budget = 0.01;
    options.timeout = seconds(5);
    options.collectors.push_back({&ipfs::Health(), seconds(10)});
    for (const auto* one : collectors) {
      options.collectors.push_back({one, one->interval});
    }
    http.replies[kVersionCall] = Says(R"({"Version":"0.42.0"})");
    http.replies[kCallOne] = Says(R"({"n":5})");
  }

  void Start() {
    poller =
        std::make_unique<IpfsPoller>(options, timers, http, store, publisher);
    poller->Start();
    timers.Pass(milliseconds(100));
  }

  const CollectorState& State(const std::string& name) const {
    for (const auto& state : store.collectors()) {
      if (state.name == "ipfs." + name) return state;
    }
    throw std::out_of_range(name);
  }

  // The served samples of a family.
  std::string Served(const std::string& family) const {
    for (const auto& entry : store.Current()->entries) {
      for (const auto& block : entry.blocks) {
        for (const auto& one : *block) {
          if (one.name == family) return one.samples;
        }
      }
    }
    return "";
  }

  IpfsOptions options;
  FakeTimers timers;
  FakeHttp http{timers};
  Store store;
  ScrapeCounter scrapes;
  Publisher publisher{store, scrapes, false};
  std::unique_ptr<IpfsPoller> poller;
};

}  // namespace ipfs_peer_exporter
