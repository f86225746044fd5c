#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/families.h"
#include "adapters/ipfs/agents.h"
#include "adapters/ipfs/protocols.h"
#include "adapters/json_splitter.h"
#include "adapters/rendered_family.h"
#include "adapters/result.h"

// Translators of the IPFS daemon's RPC
// (https://docs.ipfs.tech/reference/kubo/rpc): reply bytes in, metric families
// out. Nothing here does I/O or reads a clock.
namespace ipfs_peer_exporter::ipfs {

// Who the node is connected to, as hashes of peer IDs, sorted.
struct ConnectedPeers {
  std::vector<std::size_t> hashes;
  std::chrono::steady_clock::time_point at;

  static std::size_t Hash(std::string_view peer_id);
  bool Contains(std::string_view peer_id) const;
};

// What the collectors of one daemon tell each other. Owned by whoever polls.
struct DaemonState {
  std::string version = {};                           // `version` Version
  std::string agent = {};                             // `id` AgentVersion
  std::set<std::string, std::less<>> protocols = {};  // `id` Protocols
  // Every call that the daemon has, such as "swarm/peers" (`commands`); empty:
  // it did not say.
  std::set<std::string, std::less<>> commands = {};
  std::optional<ConnectedPeers> connected = {};  // `swarm/peers`
  AgentNames agents = {};                        // `swarm/peers?identify=true`
  // When the reply was complete.
  std::chrono::steady_clock::time_point now = {};

  // How long what a collector left here is current: three of its intervals, as
  // long as its own values are shown, but at least this.
  std::chrono::steady_clock::duration lasts = std::chrono::minutes(10);

  // `connected`, unless it is older than that: null.
  const ConnectedPeers* ConnectedNow() const;
};

// Where a translator puts what it found in one reply.
struct Sink {
  Families& families;
  std::vector<RenderedFamily>& relayed;  // what is passed on as it is
  DaemonState& daemon;
  // The reply says that the daemon does not have, or switched off, what was
  // asked for.
  bool unsupported = false;
};

// Reads a reply that grows with the node, element by element.
class ElementReader {
 public:
  virtual ~ElementReader() = default;
  // May change the element, to read it in place.
  virtual Status Element(std::string& element) = 0;
  // The beginning of an element that is too large (JsonSplitter::OnBeginning).
  virtual bool Beginning(std::string& /*element*/) { return false; }
  // The reply is complete; `envelope` is what stood around the elements (null
  // for a stream, which has nothing around them).
  virtual Status End(const rapidjson::Value& envelope, Sink& sink) = 0;
};

// One RPC call of a collector and how its answer is read. A translator that
// misses the field it cannot do without returns Reason::kSchema.
struct Request {
  // Below /api/v0/, with its query; with a slash before it, what is to be got
  // with GET.
  std::string target;

  // For a reply that is one small document.
  std::function<Status(const rapidjson::Value& reply, Sink& sink)> document =
      nullptr;

  // The member of the top object of that document that is not read, because it
  // grows with the node.
  std::string leave_out = {};

  // For a reply of lines, or of elements nested `depth` containers deep
  // (JsonSplitter).
  std::function<std::unique_ptr<ElementReader>(const DaemonState& daemon)>
      elements = nullptr;
  int depth = 0;
  static constexpr int kLines = -1;

  // Where the daemon's error (HTTP 500 with JSON) is an answer too.
  std::function<void(std::string_view message, Sink& sink)> daemon_error =
      nullptr;

  // Asked only when that request of the same poll, by its index, was asked and
  // came to "unsupported".
  std::optional<std::size_t> fallback_of = {};
  // Asked only of daemons since, or before, a version.
  std::string_view since = {};
  std::string_view before = {};
  // Asked only when the daemon is a new one: it started, or was restarted.
  bool at_start = false;

  // The command, as `commands` lists it.
  std::string_view command() const {
    return std::string_view(target).substr(0, target.find('?'));
  }
};

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

// One collector. Flags, self-metrics, pages and docs/metrics.md follow from it.
struct Collector {
  std::string_view name;  // as in --collector.ipfs.NAME
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

}  // namespace ipfs_peer_exporter::ipfs
