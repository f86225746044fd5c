#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_up", kGauge,
     "Whether the last version call succeeded; an HTTP 429 is ignored while "
     "other calls succeed (version: Version)."},
    {"ipfs_healthy", kGauge,
     "Whether the daemon reports that it is healthy (diag/healthy, since Kubo "
     "0.42)."},
    {"ipfs_daemon_restarts_total", kCounter,
     "Restarts of the daemon seen by the exporter: its version changed or a "
     "counter without labels fell (version: Version; all counters)."},
};
constexpr const Family& kHealthy = kFamilies[1];

Status Version(const rapidjson::Value& reply, Sink& sink) {
  const auto version = LabelText(Member(reply, "Version"));
  if (version.empty()) return Error{Reason::kSchema, "no Version"};
  sink.daemon.version = version;
  return Ok();
}

// Longer than any command that a collector calls. Without a limit, a nested
// tree expands to text far larger than the reply, because each command repeats
// its parents' names.
constexpr std::size_t kMaxCommand = 64;

// {"Name":"ipfs","Subcommands":[{"Name":"swarm","Subcommands":[…]}]}. ParseJson
// limits the depth of the recursion.
void AddCommands(const rapidjson::Value& tree, const std::string& prefix,
                 DaemonState& daemon) {
  const auto& subcommands = Member(tree, "Subcommands");
  if (!subcommands.IsArray()) return;
  for (const auto& command : subcommands.GetArray()) {
    const auto name = prefix + std::string(Text(Member(command, "Name")));
    if (name.size() > kMaxCommand) continue;
    daemon.commands.insert(name);
    AddCommands(command, name + "/", daemon);
  }
}

Status Commands(const rapidjson::Value& reply, Sink& sink) {
  sink.daemon.commands.clear();
  AddCommands(reply, "", sink.daemon);
  // The daemon has just answered `version`, so a list without `version` is not
  // a list of commands.
  if (sink.daemon.commands.contains("version")) return Ok();
  sink.daemon.commands.clear();
  return Error{Reason::kSchema, "no version among the Subcommands"};
}

Status Healthy(const rapidjson::Value& reply, Sink& sink) {
  if (Text(reply) != "ok") return Error{Reason::kSchema, "not \"ok\""};
  sink.families.Add(kHealthy, 1);
  return Ok();
}

void Unhealthy(std::string_view, Sink& sink) { sink.families.Add(kHealthy, 0); }

std::vector<Request> Requests(const Settings&) {
  return {{.target = "version", .document = Version},
          {.target = "commands", .document = Commands, .at_start = true},
          {.target = "diag/healthy",
           .document = Healthy,
           .daemon_error = Unhealthy}};
}

}  // namespace

// The poller publishes ipfs_up and ipfs_daemon_restarts_total, because both
// exist even if the daemon does not answer.
constinit const Collector health_collector{
    .name = "health",
    .tells = "availability, health and restarts of the daemon",
    .on_by_default = true,
    .interval = std::chrono::seconds(10),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
