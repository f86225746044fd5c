#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_up", kGauge,
     "1 if the daemon's last answer to version was one (version: Version). "
     "HTTP 429 counts only while no other call is answered."},
    {"ipfs_healthy", kGauge,
     "What the daemon thinks of itself: 1 healthy, 0 not (diag/healthy, since "
     "Kubo 0.42)."},
    {"ipfs_daemon_restarts_total", kCounter,
     "Restarts of the daemon that the exporter saw: its version changed or one "
     "of its counters fell (version, stats/bw, bitswap/stat)."},
};
constexpr const Family& kHealthy = kFamilies[1];

Status Version(const rapidjson::Value& reply, Sink& sink) {
  const auto version = LabelText(Member(reply, "Version"));
  if (version.empty()) return Error{Reason::kSchema, "no Version"};
  sink.daemon.version = version;
  return Ok();
}

// Longer than any that is asked for. A tree would else make far longer texts
// than it is itself: each command's begins with those it belongs to.
constexpr std::size_t kMaxCommand = 64;

// {"Name":"ipfs","Subcommands":[{"Name":"swarm","Subcommands":[…]}]}, as deep
// as the reader of documents goes.
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
  // Whoever does not list what it just answered lists something else.
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

// ipfs_up and the restarts are published by whoever polls: they exist without
// an answer too.
constinit const Collector health_collector{
    .name = "health",
    .tells = "whether the daemon answers, is healthy, was restarted",
    .on_by_default = true,
    .interval = std::chrono::seconds(10),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
