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

// Translators for the RPC API of the IPFS daemon
// (https://docs.ipfs.tech/reference/kubo/rpc): reply bytes in, metric families
// out. Nothing here does I/O or reads a clock.
namespace ipfs_peer_exporter::ipfs {

// The peers that the node is connected to.
struct ConnectedPeers {
  std::vector<std::size_t> hashes;           // of peer IDs, sorted
  std::chrono::steady_clock::time_point at;  // when the reply was complete

  static std::size_t Hash(std::string_view peer_id);
  bool Contains(std::string_view peer_id) const;
};

// What the collectors of one daemon share. Owned by the poller, on its thread.
struct DaemonState {
  std::string version = {};                           // `version` Version
  std::string agent = {};                             // `id` AgentVersion
  std::set<std::string, std::less<>> protocols = {};  // `id` Protocols
  // The RPC commands of the daemon, such as "swarm/peers" (`commands`); empty
  // if unknown.
  std::set<std::string, std::less<>> commands = {};
  std::optional<ConnectedPeers> connected = {};  // `swarm/peers`
  AgentNames agents = {};                        // `swarm/peers?identify=true`
  // When the current reply was complete.
  std::chrono::steady_clock::time_point now = {};

  // Maximum age of `connected`. The poller sets it to three intervals of the
  // collector that fills it, as for its series, but not below this default.
  std::chrono::steady_clock::duration lasts = std::chrono::minutes(10);

  // Null if `connected` is absent or older than `lasts`.
  const ConnectedPeers* ConnectedNow() const;
};

// Receives the results of translating one reply.
struct Sink {
  Families& families;
  std::vector<RenderedFamily>& relayed;  // text that is served unchanged
  DaemonState& daemon;
  // The reply shows that the daemon does not have the requested feature or has
  // disabled it.
  bool unsupported = false;
};

// Reads a reply that grows with the node, element by element.
class ElementReader {
 public:
  virtual ~ElementReader() = default;
  // May modify `element`, for in-situ parsing.
  virtual Status Element(std::string& element) = 0;
  // Receives the beginning of an element that is too large and returns whether
  // it was usable (JsonSplitter::OnBeginning).
  virtual bool Beginning(std::string& /*element*/) { return false; }
  // The reply is complete. `envelope` is the document without the elements;
  // null for a stream, which has no envelope.
  virtual Status End(const rapidjson::Value& envelope, Sink& sink) = 0;
};

// One RPC call of a collector and the translator of its reply. A translator
// returns Reason::kSchema if a required field is missing.
struct Request {
  // Path and query below /api/v0/, called with POST. With a leading slash it is
  // a path from the root, called with GET.
  std::string target;

  // Translates a reply that is one small document.
  std::function<Status(const rapidjson::Value& reply, Sink& sink)> document =
      nullptr;

  // A top-level member of that document that is skipped because it grows with
  // the node.
  std::string leave_out = {};

  // Makes the reader for a reply of lines (`depth` is kLines), or of elements
  // nested `depth` containers deep (JsonSplitter).
  std::function<std::unique_ptr<ElementReader>(const DaemonState& daemon)>
      elements = nullptr;
  int depth = 0;
  static constexpr int kLines = -1;

  // Translates an error of the daemon (HTTP 500 with JSON), for a call whose
  // error is an answer.
  std::function<void(std::string_view message, Sink& sink)> daemon_error =
      nullptr;

  // Index of another request of the collector. This one is made only if that
  // one was made in the same poll and is unsupported.
  std::optional<std::size_t> fallback_of = {};
  // Made only for daemons of at least version `since` and below `before`.
  std::string_view since = {};
  std::string_view before = {};
  // Made only after a start or restart of the daemon.
  bool at_start = false;

  // The target without its query, as `commands` lists it.
  std::string_view command() const {
    return std::string_view(target).substr(0, target.find('?'));
  }
};

// The flags that change which requests are made.
struct Settings {
  std::vector<std::string> bandwidth_protocols = DefaultBandwidthProtocols();
  std::vector<std::string> resource_scopes = {};  // "service", "protocol"
  std::vector<std::string> pubsub_topics = {};
  std::size_t top = 20;  // agents with a series of their own
  // Prefixes of the daemon's metrics that are relayed.
  std::vector<std::string> native_keep = {"ipfs_", "libp2p_", "exchange_",
                                          "provider_", "rpc_"};
};

// One collector. Flags, self-metrics, pages and docs/metrics.md are derived
// from it.
struct Collector {
  std::string_view name;  // as in --collector.ipfs.NAME
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

std::span<const Collector* const> Collectors();

// The collector that determines whether the daemon is up. Its polls are never
// delayed.
const Collector& Health();

}  // namespace ipfs_peer_exporter::ipfs
