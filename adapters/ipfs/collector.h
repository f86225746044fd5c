#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/families.h"
#include "adapters/ipfs/protocols.h"
#include "adapters/ipfs/request.h"

// Translators for the RPC API of the IPFS daemon
// (https://docs.ipfs.tech/reference/kubo/rpc): reply bytes in, metric families
// out. Nothing here does I/O or reads a clock.
namespace ipfs_peer_exporter::ipfs {

// The flags that affect which requests are made or which values are kept.
struct Settings {
  std::vector<std::string> bandwidth_protocols = DefaultBandwidthProtocols();
  std::vector<std::string> resource_scopes = {};  // "service", "protocol"
  std::vector<std::string> pubsub_topics = {};
  std::size_t top = 20;  // agents with a series of their own
  // Prefixes of the daemon's metrics that are relayed.
  std::vector<std::string> native_keep = {"ipfs_", "libp2p_", "exchange_",
                                          "provider_", "rpc_"};

  bool operator==(const Settings&) const = default;
};

// One collector. Flags, self-metrics, pages, docs/metrics.md, README's table
// and tests/collectors.json are derived from it.
struct Collector {
  std::string_view name;        // as in --collector.ipfs.NAME
  std::string_view tells = {};  // for README's table, in Markdown
  bool on_by_default;
  std::chrono::seconds interval;
  // The calls of one poll, made one after the other.
  std::vector<Request> (*requests)(const Settings& settings);
  std::span<const Family> families;
  // The collector whose values in DaemonState this one reads. When the daemon
  // comes up, this one is polled after it.
  const Collector* after = nullptr;
  // Whether `after` has left the required values; null if none are required. If
  // it returns false, the daemon is not called.
  bool (*has_input)(const DaemonState& daemon) = nullptr;
  // The first daemon version on which the collector is on by default.
  std::string_view on_from = {};
  // The page below /metrics/ that serves the relayed text; no other page does.
  std::string_view page = {};
  // Minimum timeout of a call that may take minutes; zero: --ipfs.timeout.
  std::chrono::seconds timeout{};
  // Uptime of the daemon before the first poll, at most one interval.
  std::chrono::seconds first_after{};
  // The collector was added after the first release, so an existing
  // API.Authorizations may lack its calls. A 403 is logged once and counts as
  // unsupported.
  bool added_later = false;
};

#define COLLECTOR(name) extern const Collector name##_collector;
#include "adapters/ipfs/collectors.inc"
#undef COLLECTOR

// All collectors, in the order in which they appear in the docs.
std::span<const Collector* const> Collectors();

// The collector that determines whether the daemon is up. Its polls are never
// delayed.
const Collector& Health();

// The type of the collectors' family `name`; nullopt if none has this name.
std::optional<prometheus::MetricType> TypeOfFamily(std::string_view name);

}  // namespace ipfs_peer_exporter::ipfs
