#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/version.h"
#include "adapters/peer/samples.h"
#include "tests/adapters/ipfs/ask.h"
#include "tests/recorded.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("collectors: their names are unique and fit into a flag") {
  std::set<std::string_view> names;
  for (const auto* collector : Collectors()) {
    CAPTURE(collector->name);
    CHECK(names.insert(collector->name).second);
    CHECK(peer::IsName(collector->name));
    CHECK(std::none_of(collector->name.begin(), collector->name.end(),
                       [](char c) { return c >= 'A' && c <= 'Z'; }));
  }
  CHECK(names.contains("health"));
}

TEST_CASE("collectors: each has requests, each with one translator") {
  for (const auto* collector : Collectors()) {
    CAPTURE(collector->name);
    CHECK(collector->interval > std::chrono::seconds(0));
    CHECK_FALSE(collector->requests({}).empty());
    for (const auto& request : collector->requests({})) {
      CAPTURE(request.target);
      // Only the relay makes a call outside the RPC API.
      CHECK(request.target.starts_with('/') == !collector->page.empty());
      CHECK((request.document == nullptr) != (request.elements == nullptr));
      CHECK((request.depth == 0 || request.elements != nullptr));
    }
  }
}

// A list by hand of calls that do not write, walk the network or ask every
// peer. Check Kubo's source before adding a call.
TEST_CASE("collectors: all calls are in the list of harmless calls") {
  const std::set<std::string_view> harmless{
      "/debug/metrics/prometheus",
      "bitswap/stat",
      "commands",
      "diag/healthy",
      "diag/sys",
      "files/stat",
      "id",
      "key/list",
      "p2p/ls",
      "p2p/stream/ls",
      "pin/ls",
      "pin/remote/service/ls",
      "provide/stat",
      "pubsub/ls",
      "pubsub/peers",
      "repo/stat",
      "stats/bw",
      "stats/dht",
      "stats/provide",
      "swarm/addrs/autonat",
      "swarm/limit",
      "swarm/peering/ls",
      "swarm/peers",
      "swarm/resources",
      "swarm/stats",
      "version",
      "version/check",
  };
  const Settings settings{.resource_scopes = {"service", "protocol"},
                          .pubsub_topics = {"topic"}};
  for (const auto* collector : Collectors()) {
    for (const auto& request : collector->requests(settings)) {
      CAPTURE(request.target);
      CHECK(harmless.contains(request.command()));
    }
  }
}

TEST_CASE("collectors: `after` names a collector of the table") {
  for (const auto* collector : Collectors()) {
    if (collector->after == nullptr) continue;
    CAPTURE(collector->name);
    const auto all = Collectors();
    const auto self = std::find(all.begin(), all.end(), collector);
    CHECK(std::find(all.begin(), self, collector->after) != self);
  }
}

TEST_CASE("collectors: no `after` collector has a first_after") {
  for (const auto* collector : Collectors()) {
    if (collector->after == nullptr) continue;
    CAPTURE(collector->name);
    CHECK(collector->after->first_after == std::chrono::seconds(0));
  }
}

TEST_CASE("collectors: the collectors added after the first release") {
  const std::set<std::string_view> first_release{
      "health",    "identity", "bandwidth", "bandwidth_protocols",
      "swarm",     "agents",   "peering",   "reachability",
      "resources", "bitswap",  "repo",      "objects",
      "pins",      "dht",      "provide",   "mfs",
      "pubsub",    "system",   "native"};
  for (const auto* collector : Collectors()) {
    CAPTURE(collector->name);
    CHECK(collector->added_later != first_release.contains(collector->name));
  }
}

// All requests, with every setting that adds some.
std::vector<Request> AllRequests(const Collector& collector) {
  Settings settings;
  settings.resource_scopes = {"service", "protocol"};
  settings.pubsub_topics = {"a topic"};
  return collector.requests(settings);
}

TEST_CASE("collectors: a fallback comes after its request") {
  bool any = false;
  for (const auto* collector : Collectors()) {
    const auto requests = AllRequests(*collector);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (!requests[i].fallback_of) continue;
      CAPTURE(requests[i].target);
      CHECK(*requests[i].fallback_of < i);
      any = true;
    }
  }
  CHECK(any);
}

// The values of a fallback are cleared when its turn comes. A request between
// would leave the series of both on the page until then.
TEST_CASE("collectors: fallbacks directly follow their request") {
  for (const auto* collector : Collectors()) {
    const auto requests = AllRequests(*collector);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      CAPTURE(requests[i].target);
      const auto before = requests[i].fallback_of.value_or(i);
      for (std::size_t k = before + 1; k < i; ++k) {
        CHECK(requests[k].fallback_of.has_value());
      }
    }
  }
}

TEST_CASE("collectors: since and before are versions in order") {
  bool any = false;
  for (const auto* collector : Collectors()) {
    for (const auto& request : AllRequests(*collector)) {
      CAPTURE(request.target);
      for (const auto version : {request.since, request.before}) {
        CHECK(version.empty() != ParseVersion(version).has_value());
        any = any || !version.empty();
      }
      CHECK((request.since.empty() || request.before.empty() ||
             IsOlder(request.since, request.before)));
    }
    CAPTURE(collector->name);
    CHECK(collector->on_from.empty() !=
          ParseVersion(collector->on_from).has_value());
  }
  CHECK(any);
}

TEST_CASE("collectors: only ipfs.health has requests at a start") {
  std::vector<std::string> at_start;
  for (const auto* collector : Collectors()) {
    for (const auto& request : AllRequests(*collector)) {
      if (!request.at_start) continue;
      CHECK(collector == &Health());
      at_start.push_back(request.target);
    }
  }
  CHECK(at_start == std::vector<std::string>{"commands"});
}

TEST_CASE("collectors: leave_out is only for documents") {
  for (const auto* collector : Collectors()) {
    for (const auto& request : AllRequests(*collector)) {
      CAPTURE(request.target);
      CHECK((request.leave_out.empty() || request.document != nullptr));
    }
  }
}

TEST_CASE("collectors: the newest daemon has the first call of each") {
  DaemonState daemon;
  const Recorded newest("v0.44.0-dev/online");
  Ask(Health(), "commands", newest.Find("/api/v0/commands"), daemon);
  for (const auto* collector : Collectors()) {
    const auto first = collector->requests({}).front();
    CAPTURE(first.target);
    if (first.target.starts_with('/')) continue;  // not below the RPC
    CHECK(daemon.commands.contains(first.command()));
  }
}

TEST_CASE("collectors: Health() is ipfs.health") {
  CHECK(Health().name == "health");
  CHECK(Health().on_by_default);
  CHECK(Health().requests({}).front().target == "version");
}

TEST_CASE("collectors: families are unique with valid names and HELP") {
  std::set<std::string_view> names;
  for (const auto* collector : Collectors()) {
    CAPTURE(collector->name);
    CHECK_FALSE(collector->families.empty());
    for (const auto& family : collector->families) {
      CAPTURE(family.name);
      CHECK(names.insert(family.name).second);
      CHECK(peer::IsName(family.name));
      CHECK(family.name.starts_with("ipfs_"));
      CHECK(family.help.ends_with('.'));
    }
  }
}

TEST_CASE("collectors: counters end in _total, and only they do") {
  for (const auto* collector : Collectors()) {
    for (const auto& family : collector->families) {
      CAPTURE(family.name);
      CHECK(family.name.ends_with("_total") == (family.type == kCounter));
    }
  }
}

TEST_CASE("collectors: HELP names the call of a family") {
  for (const auto* collector : Collectors()) {
    for (const auto& family : collector->families) {
      CAPTURE(family.name);
      const auto names = [&](const Request& request) {
        const auto call = request.target.substr(0, request.target.find('?'));
        return family.help.find(call) != std::string_view::npos;
      };
      const auto requests = collector->requests({});
      CHECK(std::any_of(requests.begin(), requests.end(), names));
    }
  }
}

// Names that differ in these only would be confused as well.
std::string Base(std::string_view name) {
  for (const std::string_view suffix : {"_total", "_info"}) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  }
  return std::string(name);
}

std::set<std::string> FamiliesOf(const std::string& page) {
  constexpr std::string_view kType = "# TYPE ";
  std::set<std::string> names;
  for (auto at = page.find(kType); at != std::string::npos;
       at = page.find(kType, at + 1)) {
    const auto begin = at + kType.size();
    names.insert(Base(page.substr(begin, page.find(' ', begin) - begin)));
  }
  return names;
}

TEST_CASE("collectors: no family has the name of one of Kubo's own") {
  for (const std::string daemon : {"v0.8.0/online", "v0.42.0/online"}) {
    const Recorded recorded(daemon);
    const auto kubo =
        FamiliesOf(recorded.Find("GET /debug/metrics/prometheus").body);
    REQUIRE(kubo.contains("process_cpu_seconds"));
    REQUIRE(kubo.contains("ipfs"));  // ipfs_info
    for (const auto* collector : Collectors()) {
      for (const auto& family : collector->families) {
        CAPTURE(family.name);
        CHECK_FALSE(kubo.contains(Base(family.name)));
      }
    }
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
