#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/families.h"
#include "adapters/ipfs/protocols.h"
#include "adapters/json_splitter.h"
#include "adapters/result.h"

// Translators of the IPFS daemon's RPC
// (https://docs.ipfs.tech/reference/kubo/rpc): reply bytes in, metric families
// out. Nothing here does I/O or reads a clock.
namespace ipfs_peer_exporter::ipfs {

// What the collectors of one daemon tell each other. Owned by whoever polls.
struct DaemonState {
  std::string version;                           // `version` Version
  std::string agent;                             // `id` AgentVersion
  std::set<std::string, std::less<>> protocols;  // `id` Protocols
};

// Where a translator puts what it found in one reply.
struct Sink {
  Families& families;
  DaemonState& daemon;
};

// Reads a reply that grows with the node, element by element.
class ElementReader {
 public:
  virtual ~ElementReader() = default;
  virtual Status Element(std::string_view json) = 0;
  // The reply is complete; `envelope` is what stood around the elements (null
  // for a stream, which has nothing around them).
  virtual Status End(const rapidjson::Value& envelope, Sink& sink) = 0;
};

// One RPC call of a collector and how its answer is read. A translator that
// misses the field it cannot do without returns Reason::kSchema.
struct Request {
  std::string target;  // below /api/v0/, with its query

  // For a reply that is one small document.
  std::function<Status(const rapidjson::Value& reply, Sink& sink)> document =
      nullptr;

  // For a reply of elements nested `depth` containers deep (JsonSplitter).
  std::function<std::unique_ptr<ElementReader>(const DaemonState& daemon)>
      elements = nullptr;
  int depth = 0;

  // Where the daemon's error (HTTP 500 with JSON) is an answer too.
  std::function<void(std::string_view message, Sink& sink)> daemon_error =
      nullptr;
};

// What the user chose that changes what is asked.
struct Settings {
  std::vector<std::string> bandwidth_protocols = DefaultBandwidthProtocols();
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
};

#define COLLECTOR(name) extern const Collector name##_collector;
#include "adapters/ipfs/collectors.inc"
#undef COLLECTOR

std::span<const Collector* const> Collectors();

// The collector that says whether the daemon is up; it is never held back.
const Collector& Health();

}  // namespace ipfs_peer_exporter::ipfs
