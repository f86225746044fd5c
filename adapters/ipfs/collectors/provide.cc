#include <cmath>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/go_time.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_provide_connected", kGauge,
     "Whether the provide system can reach the DHT, absent for a DHT that was "
     "never online (provide/stat: connectivity)."},
    {"ipfs_provide_queued_keys", kGauge,
     "New keys waiting to be provided (provide/stat: "
     "queues.pending_key_provides)."},
    {"ipfs_provide_queued_regions", kGauge,
     "Keyspace regions waiting to be provided or reprovided (provide/stat: "
     "queues.pending_region_provides, queues.pending_region_reprovides)."},
    {"ipfs_provide_scheduled_keys", kGauge,
     "Keys that are reprovided on schedule (provide/stat: schedule.keys)."},
    {"ipfs_provide_scheduled_regions", kGauge,
     "Keyspace regions of the scheduled keys (provide/stat: "
     "schedule.regions)."},
    {"ipfs_provide_next_reprovide_timestamp_seconds", kGauge,
     "Time at which the next region is due (provide/stat: "
     "schedule.next_reprovide_at)."},
    {"ipfs_provide_active_workers", kGauge,
     "Busy workers by kind (provide/stat: workers.active_periodic, "
     "workers.active_burst)."},
    {"ipfs_provide_dedicated_workers", kGauge,
     "Workers reserved for one kind of work (provide/stat: "
     "workers.dedicated_periodic, workers.dedicated_burst)."},
    {"ipfs_provide_queued_workers", kGauge,
     "Jobs waiting for a worker by kind (provide/stat: "
     "workers.queued_periodic, workers.queued_burst)."},
    {"ipfs_provide_max_workers", kGauge,
     "Maximum number of workers (provide/stat: workers.max)."},
    {"ipfs_provide_ongoing_keys", kGauge,
     "Keys being provided or reprovided now (provide/stat: "
     "operations.ongoing.key_provides, operations.ongoing.key_reprovides)."},
    {"ipfs_provide_ongoing_regions", kGauge,
     "Keyspace regions being provided or reprovided now (provide/stat: "
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
     "DHT servers found in the regions of the last reprovide cycle "
     "(provide/stat: network.peers)."},
    {"ipfs_provide_reachable_peers", kGauge,
     "DHT servers of the last reprovide cycle that answered (provide/stat: "
     "network.reachable)."},
    {"ipfs_provide_keyspace_covered", kGauge,
     "Whether the last reprovide cycle covered the whole keyspace "
     "(provide/stat: network.complete_keyspace_coverage)."},
    {"ipfs_provide_average_holders", kGauge,
     "Average number of peers that hold the record of a key (provide/stat: "
     "network.avg_holders)."},
    {"ipfs_provide_replication_factor", kGauge,
     "Number of peers that each record is sent to (provide/stat: "
     "network.replication_factor)."},
    {"ipfs_provide_reprovide_interval_seconds", kGauge,
     "Interval at which all keys are reprovided (provide/stat: "
     "timing.reprovides_interval; stats/provide: ReprovideInterval)."},
    {"ipfs_provide_last_reprovide_duration_seconds", kGauge,
     "Duration of the last reprovide: average per region in the last cycle "
     "(provide/stat: operations.past.reprovide_duration), or all keys with an "
     "older provide system (stats/provide: LastReprovideDuration)."},
    {"ipfs_provide_start_timestamp_seconds", kGauge,
     "Start time of the provide system (provide/stat: timing.uptime)."},
    {"ipfs_provide_closed", kGauge,
     "Whether the provide system was shut down (provide/stat: closed)."},
    {"ipfs_provide_provides_total", kCounter,
     "Keys provided by the provide system of Kubo up to 0.34 (stats/provide: "
     "TotalProvides)."},
    {"ipfs_provide_reprovides_total", kCounter,
     "Keys provided by the provide system of Kubo 0.35 to 0.38, or of a later "
     "Kubo without Provide.DHT.SweepEnabled (provide/stat: TotalReprovides)."},
    {"ipfs_provide_last_batch_keys", kGauge,
     "Keys in the last reprovide (stats/provide: LastReprovideBatchSize)."},
    {"ipfs_provide_last_run_timestamp_seconds", kGauge,
     "Time of the last reprovide (stats/provide: LastRun)."},
};

constexpr double kNanoseconds = 1e9;  // in a second

// The family "ipfs_provide_" + `name`.
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

// A member of the reply and the family that it becomes.
struct Field {
  const char* path;  // names separated by slashes
  FamilyNamed named;
  const char* kind = nullptr;  // label value
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

// Fields of the older provide systems. They are zero until the first run; these
// zeros are dropped.
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

// A count, a time or a flag; nullopt for the placeholders -1 and year 1.
std::optional<double> Value(const rapidjson::Value& value) {
  if (value.IsBool()) return value.GetBool();
  if (const auto time = GoTimeSeconds(Text(value))) return time;
  const auto number = Number(value);
  return number && *number >= 0 ? number : std::nullopt;
}

void AddSweep(const std::string& dht, const rapidjson::Value& sweep,
              Sink& sink) {
  // After a shutdown all other fields are zero (Stats() of kad-dht's provider).
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
    // kad-dht reports 0 for the average of no values.
    if (!value || (field.is_average && *value == 0)) continue;
    Labels labels{{"dht", dht}};
    if (field.kind != nullptr) labels.push_back({"kind", field.kind});
    sink.families.Add(field.named.family, *value / field.divisor,
                      std::move(labels));
  }
  // The daemon's clock minus its uptime. The daemon counts its keys between
  // reading the two, so the result is early by that time; rounding to whole
  // seconds hides the difference.
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

// Since Kubo 0.39 {"Sweep":{…}|null,"Legacy":{…}|null}; before, the fields of
// Legacy are at the top.
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
    return Error{Reason::kSchema,
                 "no Sweep, no Legacy and no LastReprovideBatchSize"};
  }
  return Ok();
}

// Kubo before 0.39, and later Kubo without a sweep, ignores lan=true and
// returns the WAN values again.
Status ProvideLan(const rapidjson::Value& reply, Sink& sink) {
  const auto& sweep = Member(reply, "Sweep");
  if (sweep.IsObject()) {
    AddSweep("lan", sweep, sink);
  } else {
    sink.unsupported = true;
  }
  return Ok();
}

// In a private network only the LAN DHT is in use.
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
    .tells = "queue, schedule, workers and results of providing",
    .on_by_default = true,
    .interval = std::chrono::seconds(30),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
