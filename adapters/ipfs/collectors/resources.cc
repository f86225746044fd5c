#include <algorithm>

#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_resource_memory_bytes", kGauge,
     "Memory reserved in the scope by libp2p's resource manager "
     "(swarm/resources: MemoryUsage; Kubo 0.13 to 0.18: swarm/stats)."},
    {"ipfs_resource_fds", kGauge,
     "File descriptors in use in the scope (swarm/resources: FDUsage; Kubo "
     "0.13 to 0.18: swarm/stats)."},
    {"ipfs_resource_connections", kGauge,
     "Connections in the scope by direction (swarm/resources: "
     "ConnsInboundUsage, ConnsOutboundUsage; Kubo 0.13 to 0.18: swarm/stats)."},
    {"ipfs_resource_streams", kGauge,
     "Streams in the scope by direction (swarm/resources: StreamsInboundUsage, "
     "StreamsOutboundUsage; Kubo 0.13 to 0.18: swarm/stats)."},
    {"ipfs_resource_memory_limit_bytes", kGauge,
     "Memory limit of the scope, absent when unlimited (swarm/resources: "
     "Memory; Kubo 0.13 to 0.18: swarm/limit)."},
    {"ipfs_resource_fds_limit", kGauge,
     "File descriptor limit of the scope, absent when unlimited "
     "(swarm/resources: FD; Kubo 0.13 to 0.18: swarm/limit)."},
    {"ipfs_resource_connections_limit", kGauge,
     "Connection limit of the scope by direction, absent when unlimited "
     "(swarm/resources: ConnsInbound, ConnsOutbound; Kubo 0.13 to 0.18: "
     "swarm/limit)."},
    {"ipfs_resource_streams_limit", kGauge,
     "Stream limit of the scope by direction, absent when unlimited "
     "(swarm/resources: StreamsInbound, StreamsOutbound; Kubo 0.13 to 0.18: "
     "swarm/limit)."},
};
constexpr std::size_t kFirstLimit = 4;

// One value of a scope: the family of its usage, the direction label and the
// base name of its field (see Generation).
struct Row {
  std::size_t family;
  const char* direction;
  const char* field;
};
constexpr Row kRows[] = {
    {0, nullptr, "Memory"},           {1, nullptr, "FD"},
    {2, "inbound", "ConnsInbound"},   {2, "outbound", "ConnsOutbound"},
    {3, "inbound", "StreamsInbound"}, {3, "outbound", "StreamsOutbound"},
};

// The value for "unlimited" in Kubo 0.18, where every limit is a number.
constexpr double kUnlimited = 1e9;

// Far more services or protocols than a node has.
constexpr int kMaxScopes = 256;

void Add(std::size_t family, const char* direction, const std::string& scope,
         double value, Sink& sink) {
  Labels labels{{"scope", scope}};
  if (direction != nullptr) labels.push_back({"direction", direction});
  sink.families.Add(kFamilies[family], value, std::move(labels));
}

// The naming of usage fields: prefix, base name, suffix. Since Kubo 0.19 a
// scope also holds its limits, and the daemon returns an error if the resource
// manager is disabled.
struct Generation {
  const char* prefix;
  const char* suffix;
  bool since_0_19;
};
constexpr Generation kResources{"", "Usage", true};
constexpr Generation kStats{"Num", "", false};  // no "Num" after Kubo 0.13

std::optional<double> Usage(const rapidjson::Value& usage, const Row& row,
                            const Generation& generation) {
  const auto name = std::string(row.field) + generation.suffix;
  const auto value = Count(usage, generation.prefix + name);
  return value ? value : Count(usage, name);
}

void AddUsage(const std::string& scope, const rapidjson::Value& usage,
              const Generation& generation, Sink& sink) {
  for (const auto& row : kRows) {
    const auto value = Usage(usage, row, generation);
    if (value) Add(row.family, row.direction, scope, *value, sink);
  }
}

bool IsInUse(const rapidjson::Value& usage, const Generation& generation) {
  return std::ranges::any_of(kRows, [&](const Row& row) {
    return Usage(usage, row, generation).value_or(0) > 0;
  });
}

// Reads a limit: a number, a string of digits or "blockAll". Returns nullopt
// for any other value, such as "unlimited".
std::optional<double> Limit(const rapidjson::Value& limit) {
  if (Text(limit) == "blockAll") return 0;
  const auto number = Number(limit);
  return number && *number >= 0 ? number : std::nullopt;
}

void AddLimits(const std::string& scope, const rapidjson::Value& limits,
               std::optional<double> unlimited, Sink& sink) {
  for (const auto& row : kRows) {
    const auto limit = Limit(Member(limits, row.field));
    if (!limit || limit == unlimited) continue;
    Add(row.family + kFirstLimit, row.direction, scope, *limit, sink);
  }
}

using Kinds = std::set<std::string>;

// Calls read(scope, value) for System and Transient and for the scopes of the
// wanted kinds. A reply without System is an error.
template <typename Read>
Status ForEachScope(const rapidjson::Value& reply, const Kinds& kinds,
                    const Read& read) {
  const auto& system = Member(reply, "System");
  if (!system.IsObject()) return Error{Reason::kSchema, "no System"};
  read("system", system);
  read("transient", Member(reply, "Transient"));
  constexpr struct {
    const char* kind;
    const char* map;
  } kMaps[] = {{"service", "Services"}, {"protocol", "Protocols"}};
  for (const auto& [kind, map] : kMaps) {
    const auto& scopes = Member(reply, map);
    if (!kinds.contains(kind) || !scopes.IsObject()) continue;
    int left = kMaxScopes;
    for (const auto& scope : scopes.GetObject()) {
      if (left-- == 0) break;
      const auto name = LabelText(scope.name);
      if (!name.empty()) read(std::string(kind) + ":" + name, scope.value);
    }
  }
  return Ok();
}

Status Resources(const Generation& generation, const Kinds& kinds,
                 const rapidjson::Value& reply, Sink& sink) {
  // Before Kubo 0.19 a disabled resource manager may return zeros. The system
  // scope cannot be zero while peers are connected.
  const bool doubtful =
      !generation.since_0_19 && !IsInUse(Member(reply, "System"), generation);
  const auto* connected = sink.daemon.ConnectedNow();
  const bool unknown = doubtful && connected == nullptr;
  sink.unsupported = doubtful && !unknown && !connected->hashes.empty();
  const auto add = [&](const std::string& scope, const rapidjson::Value& of) {
    if (unknown) return;
    AddUsage(scope, of, generation, sink);
    if (generation.since_0_19) AddLimits(scope, of, std::nullopt, sink);
  };
  return ForEachScope(reply, kinds, add);
}

Status Limits(const Kinds& kinds, const rapidjson::Value& reply, Sink& sink) {
  return ForEachScope(
      reply, kinds,
      [&](const std::string& scope, const rapidjson::Value& limits) {
        // Kubo 0.18 returns the system limits here (NetLimitAll in rcmgr.go).
        if (scope == "transient") return;
        AddLimits(scope, limits, kUnlimited, sink);
      });
}

Status SystemLimit(const rapidjson::Value& reply, Sink& sink) {
  if (!reply.IsObject() || !reply.HasMember("Memory")) {
    return Error{Reason::kSchema, "no Memory"};
  }
  AddLimits("system", reply, kUnlimited, sink);
  return Ok();
}

std::vector<Request> Requests(const Settings& settings) {
  const Kinds kinds(settings.resource_scopes.begin(),
                    settings.resource_scopes.end());
  const auto read = [&kinds](const Generation& generation) {
    return [kinds, generation](const rapidjson::Value& reply, Sink& sink) {
      return Resources(generation, kinds, reply, sink);
    };
  };
  const auto limits = [kinds](const rapidjson::Value& reply, Sink& sink) {
    return Limits(kinds, reply, sink);
  };
  const auto* const off = "missing ResourceMgr";
  // The first versions with swarm/stats do not support arg=all. Peers are not
  // read, because the list is long and a peer ID is never a label.
  return {{.target = "swarm/resources",
           .document = read(kResources),
           .leave_out = "Peers",
           .unsupported = {off}},
          {.target = "swarm/stats?arg=all",
           .document = read(kStats),
           .leave_out = "Peers",
           .unsupported = {off},
           .fallback_of = 0},
          {.target = "swarm/stats?arg=system",
           .document = read(kStats),
           .unsupported = {off},
           .fallback_of = 1},
          {.target = "swarm/limit?arg=all",
           .document = limits,
           .leave_out = "Peers",
           .unsupported = {off, "invalid scope \"all\""},  // Kubo 0.13 to 0.17
           .fallback_of = 0},
          {.target = "swarm/limit?arg=system",
           .document = SystemLimit,
           .unsupported = {off},
           .fallback_of = 3}};
}

}  // namespace

constinit const Collector resources_collector{
    .name = "resources",
    .tells = "usage and limits of the resource manager (Kubo 0.13)",
    .on_by_default = true,
    .interval = std::chrono::seconds(30),
    .requests = Requests,
    .families = kFamilies,
    .after = &swarm_collector};

}  // namespace ipfs_peer_exporter::ipfs
