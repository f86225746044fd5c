#include <cmath>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/go_time.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_provide_connected", kGauge,
     "1 while the DHT can be reached, 0 while it cannot; absent for a half "
     "that never was online (provide/stat: connectivity)."},
    {"ipfs_provide_queued_keys", kGauge,
     "New keys that wait to be provided (provide/stat: "
     "queues.pending_key_provides)."},
    {"ipfs_provide_queued_regions", kGauge,
     "Regions of the keyspace that wait (provide/stat: "
     "queues.pending_region_provides, queues.pending_region_reprovides)."},
    {"ipfs_provide_scheduled_keys", kGauge,
     "Keys that are provided again and again (provide/stat: schedule.keys)."},
    {"ipfs_provide_scheduled_regions", kGauge,
     "Regions of the keyspace that these keys are in (provide/stat: "
     "schedule.regions)."},
    {"ipfs_provide_next_reprovide_timestamp_seconds", kGauge,
     "When the next region is due (provide/stat: schedule.next_reprovide_at)."},
    {"ipfs_provide_active_workers", kGauge,
     "Workers that are busy (provide/stat: workers.active_periodic, "
     "workers.active_burst)."},
    {"ipfs_provide_dedicated_workers", kGauge,
     "Workers reserved for one kind of work (provide/stat: "
     "workers.dedicated_periodic, workers.dedicated_burst)."},
    {"ipfs_provide_queued_workers", kGauge,
     "Work that waits for a worker (provide/stat: workers.queued_periodic, "
     "workers.queued_burst)."},
    {"ipfs_provide_max_workers", kGauge,
     "Workers there may be (provide/stat: workers.max)."},
    {"ipfs_provide_ongoing_keys", kGauge,
     "Keys that are being provided now (provide/stat: "
     "operations.ongoing.key_provides, operations.ongoing.key_reprovides)."},
    {"ipfs_provide_ongoing_regions", kGauge,
     "Regions that are being provided now (provide/stat: "
     "operations.ongoing.region_provides, "
     "operations.ongoing.region_reprovides)."},
    {"ipfs_provide_records_provided_total", kCounter,
     "Provider records sent to peers (provide/stat: "
     "operations.past.records_provided)."},
    {"ipfs_provide_keys_provided_total", kCounter,
     "Keys provided (provide/stat: operations.past.keys_provided)."},
    {"ipfs_provide_keys_failed_total", kCounter,
     "Keys that could not be provided (provide/stat: "
     "operations.past.keys_failed)."},
    {"ipfs_provide_network_peers", kGauge,
     "DHT servers found in the regions of the last cycle (provide/stat: "
     "network.peers)."},
    {"ipfs_provide_reachable_peers", kGauge,
     "Those of them that answered (provide/stat: network.reachable)."},
    {"ipfs_provide_keyspace_covered", kGauge,
     "1 when the last cycle covered the whole keyspace (provide/stat: "
     "network.complete_keyspace_coverage)."},
    {"ipfs_provide_average_holders", kGauge,
     "Peers that hold the record of a key, on average (provide/stat: "
     "network.avg_holders)."},
    {"ipfs_provide_replication_factor", kGauge,
     "Peers that a record is sent to (provide/stat: "
     "network.replication_factor)."},
    {"ipfs_provide_reprovide_interval_seconds", kGauge,
     "Time in which all keys are provided again (provide/stat: "
     "timing.reprovides_interval; stats/provide: ReprovideInterval)."},
    {"ipfs_provide_last_reprovide_duration_seconds", kGauge,
     "How long it took to reprovide the keys of one region, on average in the "
     "last cycle (provide/stat: operations.past.reprovide_duration), or, with "
     "an older provide system, all keys (stats/provide: "
     "LastReprovideDuration)."},
    {"ipfs_provide_start_timestamp_seconds", kGauge,
     "When the provide system started (provide/stat: timing.uptime)."},
    {"ipfs_provide_closed", kGauge,
     "1 when the provide system was shut down (provide/stat: closed)."},
    {"ipfs_provide_provides_total", kCounter,
     "Keys provided by the provide system of Kubo up to 0.34 (stats/provide: "
     "TotalProvides)."},
    {"ipfs_provide_reprovides_total", kCounter,
     "Keys provided by the provide system of Kubo 0.35 to 0.38, and since then "
     "without Provide.DHT.SweepEnabled (provide/stat: TotalReprovides)."},
    {"ipfs_provide_last_batch_keys", kGauge,
     "Keys of the last reprovide (stats/provide: LastReprovideBatchSize)."},
    {"ipfs_provide_last_run_timestamp_seconds", kGauge,
     "When the last reprovide was (stats/provide: LastRun)."},
};

constexpr double kNanoseconds = 1e9;  // in a second

// By what its name has after "ipfs_provide_".
consteval const Family& FamilyOf(std::string_view name) {
  constexpr std::string_view kPrefix = "ipfs_provide_";
  for (const auto& family : kFamilies) {
    if (family.name.substr(kPrefix.size()) == name) return family;
  }
  throw "no such family";  // at compile time
}

struct FamilyNamed {
  consteval FamilyNamed(const char* name) : family(FamilyOf(name)) {}
  const Family& family;
};

// A member, given by its path, and the family it becomes.
struct Field {
  const char* path;
  FamilyNamed named;
  const char* kind = nullptr;  // label
  double divisor = 1;
  bool is_average = false;
};

// kad-dht's provider/stats, since Kubo 0.39.
constexpr Field kSweep[] = {
    {"queues/pending_key_provides", "queued_keys"},
    {"queues/pending_region_provides", "queued_regions", "provide"},
    {"queues/pending_region_reprovides", "queued_regions", "reprovide"},
    {"schedule/keys", "scheduled_keys"},
    {"schedule/regions", "scheduled_regions"},
    {"schedule/next_reprovide_at", "next_reprovide_timestamp_seconds"},
    {"workers/active_periodic", "active_workers", "periodic"},
    {"workers/active_burst", "active_workers", "burst"},
    {"workers/dedicated_periodic", "dedicated_workers", "periodic"},
    {"workers/dedicated_burst", "dedicated_workers", "burst"},
    {"workers/queued_periodic", "queued_workers", "periodic"},
    {"workers/queued_burst", "queued_workers", "burst"},
    {"workers/max", "max_workers"},
    {"operations/ongoing/key_provides", "ongoing_keys", "provide"},
    {"operations/ongoing/key_reprovides", "ongoing_keys", "reprovide"},
    {"operations/ongoing/region_provides", "ongoing_regions", "provide"},
    {"operations/ongoing/region_reprovides", "ongoing_regions", "reprovide"},
    {"operations/past/records_provided", "records_provided_total"},
    {"operations/past/keys_provided", "keys_provided_total"},
    {"operations/past/keys_failed", "keys_failed_total"},
    {"operations/past/reprovide_duration", "last_reprovide_duration_seconds",
     nullptr, kNanoseconds, true},
    {"network/peers", "network_peers"},
    {"network/reachable", "reachable_peers"},
    {"network/complete_keyspace_coverage", "keyspace_covered"},
    {"network/avg_holders", "average_holders", nullptr, 1, true},
    {"network/replication_factor", "replication_factor"},
    {"timing/reprovides_interval", "reprovide_interval_seconds", nullptr,
     kNanoseconds},
    {"closed", "closed"},
};

// Of the systems before it. Until it ran for the first time its zeros say
// nothing.
constexpr Field kOlder[] = {
    {"TotalProvides", "provides_total"},
    {"TotalReprovides", "reprovides_total"},
    {"LastReprovideBatchSize", "last_batch_keys"},
    {"LastRun", "last_run_timestamp_seconds"},
    {"ReprovideInterval", "reprovide_interval_seconds", nullptr, kNanoseconds},
    {"LastReprovideDuration", "last_reprovide_duration_seconds", nullptr,
     kNanoseconds},
};

const rapidjson::Value& Find(const rapidjson::Value& object,
                             std::string_view path) {
  const auto slash = path.find('/');
  const auto& member = Member(object, path.substr(0, slash));
  return slash == std::string_view::npos ? member
                                         : Find(member, path.substr(slash + 1));
}

// A count, a time or a flag; nothing for placeholders: -1, year 1.
std::optional<double> Value(const rapidjson::Value& value) {
  if (value.IsBool()) return value.GetBool();
  if (const auto time = GoTimeSeconds(Text(value))) return time;
  const auto number = Number(value);
  return number && *number >= 0 ? number : std::nullopt;
}

void AddSweep(const std::string& dht, const rapidjson::Value& sweep,
              Sink& sink) {
  // Once shut down it answers this, with zeros beside it (Stats() of kad-dht's
  // provider).
  if (Value(Member(sweep, "closed")) == 1) {
    sink.families.Add(FamilyOf("closed"), 1, {{"dht", dht}});
    return;
  }
  const auto status = Text(Find(sweep, "connectivity/status"));
  const bool was_online =
      GoTimeSeconds(Text(Find(sweep, "connectivity/since"))).has_value();
  if (status == "online" || (!status.empty() && was_online)) {
    sink.families.Add(FamilyOf("connected"), status == "online",
                      {{"dht", dht}});
  }
  for (const auto& field : kSweep) {
    const auto value = Value(Find(sweep, field.path));
    // The average of nothing is 0 to kad-dht.
    if (!value || (field.is_average && *value == 0)) continue;
    Labels labels{{"dht", dht}};
    if (field.kind != nullptr) labels.push_back({"kind", field.kind});
    sink.families.Add(field.named.family, *value / field.divisor,
                      std::move(labels));
  }
  // The daemon's own clock, less what has passed since. It reads the clock,
  // counts its keys, and then takes the uptime: the start moves back by the
  // time between, which whole seconds hide.
  const auto cycle = Value(Find(sweep, "timing/cycle_start"));
  const auto offset = Value(Find(sweep, "timing/current_time_offset"));
  const auto uptime = Value(Find(sweep, "timing/uptime"));
  if (cycle && offset && uptime) {
    const double start = *cycle + (*offset - *uptime) / kNanoseconds;
    sink.families.Add(FamilyOf("start_timestamp_seconds"), std::round(start),
                      {{"dht", dht}});
  }
}

bool HasOlderShape(const rapidjson::Value& flat) {
  return flat.IsObject() && flat.HasMember("LastReprovideBatchSize");
}

void AddOlder(const rapidjson::Value& flat, Sink& sink) {
  const auto last_run = Text(Member(flat, "LastRun"));
  const bool never_ran = !last_run.empty() && !GoTimeSeconds(last_run);
  for (const auto& field : kOlder) {
    const auto value = Value(Member(flat, field.path));
    if (!value || (never_ran && *value == 0)) continue;
    sink.families.Add(field.named.family, *value / field.divisor);
  }
}

// Since 0.39 {"Sweep":{…}|null,"Legacy":{…}|null}, before that it is flat.
Status Provide(const rapidjson::Value& reply, Sink& sink) {
  const auto& sweep = Member(reply, "Sweep");
  const auto& legacy = Member(reply, "Legacy");
  if (sweep.IsObject()) {
    AddSweep("wan", sweep, sink);
  } else if (HasOlderShape(legacy)) {
    AddOlder(legacy, sink);
  } else if (HasOlderShape(reply)) {
    AddOlder(reply, sink);
  } else {
    return Error{Reason::kSchema, "neither Sweep, Legacy nor its fields"};
  }
  return Ok();
}

// Before 0.39, and without a sweep, lan=true is not looked at: the same again.
Status ProvideLan(const rapidjson::Value& reply, Sink& sink) {
  const auto& sweep = Member(reply, "Sweep");
  if (sweep.IsObject()) {
    AddSweep("lan", sweep, sink);
  } else {
    sink.unsupported = true;
  }
  return Ok();
}

// In a private network all that happens is in the lan half.
std::vector<Request> Requests(const Settings&) {
  const auto* const other_system = "stats not available with";
  return {
      {.target = "provide/stat",
       .document = Provide,
       .unsupported = {other_system}},
      {.target = "stats/provide",
       .document = Provide,
       .unsupported = {other_system, "can only return stats if"},
       .fallback_of = 0},
      {.target = "provide/stat?lan=true",
       .document = ProvideLan,
       .unsupported = {other_system, "LAN stats only available for"}},
  };
}

}  // namespace

constinit const Collector provide_collector{
    .name = "provide",
    .tells = "queue, schedule, workers and success of providing",
    .on_by_default = true,
    .interval = std::chrono::seconds(30),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
