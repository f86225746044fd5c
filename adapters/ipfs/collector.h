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

// Translators of the IPFS daemon's RPC
// (https://docs.ipfs.tech/reference/kubo/rpc): reply bytes in, metric families
// out. Nothing here does I/O or reads a clock.
namespace ipfs_peer_exporter::ipfs {

// What the user chose that changes what is asked.
struct Settings {
  std::vector<std::string> bandwidth_protocols = DefaultBandwidthProtocols();
  std::vector<std::string> resource_scopes = {};  // "service", "protocol"
  std::vector<std::string> pubsub_topics = {};
  std::size_t top = 20;  // names of agents that are told apart
  // What the names begin with that are relayed.
  std::vector<std::string> native_keep = {"ipfs_", "libp2p_", "exchange_",
                                          "provider_", "rpc_"};
};

// One collector. Flags, self-metrics, pages, docs/metrics.md, README's table
// and tests/collectors.json follow from it.
struct Collector {
  std::string_view name;        // as in --collector.ipfs.NAME
  std::string_view tells = {};  // for README's table, in Markdown
  bool on_by_default;
  std::chrono::seconds interval;
  // The calls of a poll, made one after the other.
  std::vector<Request> (*requests)(const Settings& settings);
  std::span<const Family> families;
  // Reads what this one leaves in DaemonState: when the daemon comes up, it is
  // polled after it.
  const Collector* after = nullptr;
  // Whether `after` has left what this one cannot do without; null: it can.
  // Without it, the daemon is not asked.
  bool (*has_input)(const DaemonState& daemon) = nullptr;
  // The first daemon version on which it is on by default.
  std::string_view on_from = {};
  // The page, below /metrics/, that what it relays stands on alone.
  std::string_view page = {};
  // What a call may take that walks all that the node has; else --ipfs.timeout.
  std::chrono::seconds timeout{};
  // How long the daemon is to be up before its first poll; no longer than the
  // interval.
  std::chrono::seconds first_after{};
  // It came after the first release, so an API.Authorizations of a daemon may
  // be older than its calls: a 403 to one is told once, and is no failure.
  bool added_later = false;
};

#define COLLECTOR(name) extern const Collector name##_collector;
#include "adapters/ipfs/collectors.inc"
#undef COLLECTOR

std::span<const Collector* const> Collectors();

// The collector that says whether the daemon is up; it is never held back.
const Collector& Health();

// The type of the family `name` of a collector; nothing: no collector has it.
std::optional<prometheus::MetricType> TypeOfFamily(std::string_view name);

}  // namespace ipfs_peer_exporter::ipfs
