#include "adapters/ipfs/agents.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/version.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_swarm_agent_peers", kGauge,
     "Connected peers by agent name and major.minor version, the most frequent "
     "agents by name and the rest as \"other\" (swarm/peers?identify=true: "
     "Identify.AgentVersion)."},
};

constexpr char kOther[] = "other";
constexpr char kUnknown[] = "unknown";

constexpr std::chrono::hours kStay(1);
constexpr std::size_t kMaxFamily = 32;
constexpr std::size_t kMaxPeers = 128 * 1024;

bool IsFamily(std::string_view text) {
  return !text.empty() && text.size() <= kMaxFamily &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  c == '-' || c == '_' || c == '.' || c == '+';
         });
}

class AgentReader : public ElementReader {
 public:
  explicit AgentReader(std::size_t top) : top_(top) {}

  Status Element(std::string& json) override { return Read(json, true); }

  // The addresses of a peer are unlimited and precede its agent version, so a
  // peer whose element is cut off counts as "other".
  bool Beginning(std::string& json) override {
    return Read(json, false).has_value();
  }

  Status End(const rapidjson::Value& envelope, Sink& sink) override {
    // Without connections Kubo returns {"Peers":null}. If Peers is null, any
    // elements come from another list.
    const bool elsewhere = Member(envelope, "Peers").IsNull() && !seen_.empty();
    if (!HasList(envelope, "Peers") || elsewhere) {
      return Error{Reason::kSchema, "no Peers"};
    }
    // Kubo before 0.20 ignores identify=true.
    if (!peers_.empty() && !has_identify_) {
      sink.unsupported = true;
      return Ok();
    }
    auto& names = sink.daemon.agents;
    for (const auto& [agent, count] :
         names.Show(peers_, top_, sink.daemon.now)) {
      sink.families.Add(kFamilies[0], count, {{"agent", agent}});
    }
    return Ok();
  }

 private:
  Status Read(std::string& json, bool is_whole) {
    const auto connection = ParseJson(json);
    if (!connection) return connection.error();
    const auto peer = Text(Member(*connection, "Peer"));
    const auto& identify = Member(*connection, "Identify");
    if (peer.empty()) return Error{Reason::kSchema, "a connection has no Peer"};
    has_identify_ = has_identify_ || identify.IsObject();
    // A peer with several connections counts once.
    if (!seen_.insert(std::hash<std::string_view>{}(peer)).second) return Ok();
    if (seen_.size() > kMaxPeers) {
      return Error{Reason::kTooLarge, "too many peers"};
    }
    const auto agent = Text(Member(identify, "AgentVersion"));
    ++peers_[is_whole ? AgentName(agent) : kOther];
    return Ok();
  }

  const std::size_t top_;
  std::unordered_set<std::size_t> seen_;  // hashes of peer IDs
  AgentNames::Peers peers_;
  bool has_identify_ = false;
};

std::vector<Request> Requests(const Settings& settings) {
  return {{.target = "swarm/peers?identify=true",
           .elements =
               [top = settings.top](const DaemonState&) {
                 return std::make_unique<AgentReader>(top);
               },
           .depth = 2,
           .since = "0.20"}};
}

}  // namespace

constinit const Collector agents_collector{
    .name = "agents",
    .tells = "agents of the connected peers",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies};

std::string AgentName(std::string_view agent_version) {
  if (agent_version.empty()) return kUnknown;
  const auto slash = agent_version.find('/');
  const auto family = agent_version.substr(0, slash);
  if (!IsFamily(family)) return kOther;
  std::string name(family);
  if (slash == std::string_view::npos) return name;
  auto rest = agent_version.substr(slash + 1);
  if (rest.starts_with('v')) rest.remove_prefix(1);
  if (const auto version = ParseVersion(rest)) {
    name += '/' + std::to_string(version->major) + '.' +
            std::to_string(version->minor);
  }
  return name;
}

AgentNames::Peers AgentNames::Show(const Peers& peers, std::size_t top,
                                   Clock::time_point now) {
  std::vector<std::pair<double, std::string_view>> ranked;
  for (const auto& [name, count] : peers) {
    if (name != kOther && name != kUnknown) ranked.emplace_back(-count, name);
  }
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(ranked.size(), top));

  std::set<std::string> frequent;
  for (const auto& [rank, view] : ranked) {
    const std::string name(view);
    if (!frequent_ || frequent_->contains(name)) shown_.emplace(name, now);
    if (shown_.size() > 2 * top) DropFewest(peers);
    frequent.insert(name);
  }
  frequent_ = std::move(frequent);

  Peers result;
  for (auto& [name, last_seen] : shown_) {
    const auto found = peers.find(name);
    if (found != peers.end()) last_seen = now;
    result[name] = found == peers.end() ? 0 : found->second;
  }
  std::erase_if(shown_, [&](const auto& entry) {
    const bool leaves = now - entry.second >= kStay;
    if (leaves) result.erase(entry.first);
    return leaves;
  });
  for (const auto& [name, count] : peers) {
    if (name == kUnknown || !shown_.contains(name)) {
      result[name == kUnknown ? kUnknown : kOther] += count;
    }
  }
  return result;
}

void AgentNames::DropFewest(const Peers& peers) {
  const auto count = [&](const auto& entry) {
    const auto found = peers.find(entry.first);
    return found == peers.end() ? 0 : found->second;
  };
  shown_.erase(std::min_element(
      shown_.begin(), shown_.end(),
      [&](const auto& a, const auto& b) { return count(a) < count(b); }));
}

}  // namespace ipfs_peer_exporter::ipfs
