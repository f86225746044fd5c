#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/go_duration.h"
#include "adapters/ipfs/multiaddr.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr char kTarget[] =
    "swarm/peers?latency=true&direction=true&streams=true";

constexpr Family kFamilies[] = {
    {"ipfs_swarm_peers", kGauge,
     "Connected peers (swarm/peers: distinct Peer)."},
    {"ipfs_swarm_connections", kGauge,
     "Open connections by direction and transport (swarm/peers: Direction, "
     "Addr)."},
    {"ipfs_swarm_streams", kGauge,
     "Open streams by protocol; \"other\" counts protocols that the node does "
     "not support and --ipfs.bandwidth-protocols does not list (swarm/peers: "
     "Streams)."},
    {"ipfs_swarm_peer_latency_seconds", kHistogram,
     "Known round-trip times of the connected peers, a snapshot to be read "
     "without rate() (swarm/peers: Latency)."},
};
constexpr const Family& kPeers = kFamilies[0];
constexpr const Family& kConnections = kFamilies[1];
constexpr const Family& kStreams = kFamilies[2];
constexpr const Family& kLatency = kFamilies[3];

constexpr std::size_t kMaxPeers = 128 * 1024;
constexpr double kUnknown = -1;  // a latency

constexpr double kLatencyBounds[] = {0.001, 0.0025, 0.005, 0.01,    0.025,
                                     0.05,  0.1,    0.25,  0.5,     1,
                                     2.5,   5,      10,    INFINITY};

// In Kubo, 1 is inbound, 2 is outbound, 0 or absent is unknown. js-ipfs sends
// words.
std::string_view Direction(const rapidjson::Value& direction) {
  const auto text = Text(direction);
  const int number = direction.IsInt() ? direction.GetInt() : 0;
  if (number == 1 || text == "inbound") return "inbound";
  if (number == 2 || text == "outbound") return "outbound";
  return "unknown";
}

class SwarmReader : public ElementReader {
 public:
  SwarmReader(const DaemonState& daemon, const std::set<std::string>& listed)
      : daemon_(daemon), listed_(listed) {}

  Status Element(std::string& json) override {
    const auto connection = ParseJson(json);
    if (!connection) return connection.error();
    const auto peer = Text(Member(*connection, "Peer"));
    if (peer.empty()) return Error{Reason::kSchema, "a connection has no Peer"};
    const auto latency =
        GoDurationSeconds(Text(Member(*connection, "Latency")));
    if (auto status = CountPeer(peer, latency); !status) return status;
    ++connections_[{Direction(Member(*connection, "Direction")),
                    Transport(Text(Member(*connection, "Addr")))}];
    CountStreams(Member(*connection, "Streams"));
    return Ok();
  }

  // Cut inside Streams, which Kubo writes last; the rest is complete.
  bool Beginning(std::string& json) override {
    all_streams_ = false;
    return Element(json).has_value();
  }

  Status End(const rapidjson::Value& envelope, Sink& sink) override {
    // Without connections Kubo returns {"Peers":null}. If Peers is null, any
    // elements come from another list.
    const bool elsewhere =
        Member(envelope, "Peers").IsNull() && !peers_.empty();
    if (!HasList(envelope, "Peers") || elsewhere) {
      return Error{Reason::kSchema, "no Peers"};
    }
    KeepDistinctPeers();
    sink.families.Add(kPeers, static_cast<double>(peers_.size()));
    LeaveConnected(sink.daemon);
    for (const auto& [key, count] : connections_) {
      sink.families.Add(kConnections, count,
                        {{"direction", std::string(key.first)},
                         {"transport", std::string(key.second)}});
    }
    if (!all_streams_) streams_.clear();
    for (const auto& [protocol, count] : streams_) {
      sink.families.Add(kStreams, count, {{"protocol", protocol}});
    }
    sink.families.Add(kLatency, Latencies());
    return Ok();
  }

 private:
  // A peer with several connections counts once. The limit protects against an
  // endless list.
  Status CountPeer(std::string_view peer, std::optional<double> latency) {
    if (peers_.size() == 2 * kMaxPeers) {
      KeepDistinctPeers();
      if (peers_.size() > kMaxPeers) {
        return Error{Reason::kTooLarge, "too many peers"};
      }
    }
    peers_.emplace_back(ConnectedPeers::Hash(peer), latency.value_or(kUnknown));
    return Ok();
  }

  // Latency belongs to the peer, not the connection. Sorting puts a known
  // latency before an unknown one, so unique() keeps the known one.
  void KeepDistinctPeers() {
    std::sort(peers_.begin(), peers_.end(), std::greater<>());
    const auto same_peer = [](const auto& a, const auto& b) {
      return a.first == b.first;
    };
    peers_.erase(std::unique(peers_.begin(), peers_.end(), same_peer),
                 peers_.end());
  }

  void LeaveConnected(DaemonState& daemon) const {
    auto& connected = daemon.connected.emplace();
    connected.at = daemon.now;
    connected.hashes.reserve(peers_.size());
    std::transform(peers_.rbegin(), peers_.rend(),
                   std::back_inserter(connected.hashes),
                   [](const auto& peer) { return peer.first; });
  }

  void CountStreams(const rapidjson::Value& streams) {
    if (!streams.IsArray()) return;
    for (const auto& stream : streams.GetArray()) {
      const std::string protocol(Text(Member(stream, "Protocol")));
      const bool known =
          daemon_.protocols.contains(protocol) || listed_.contains(protocol);
      ++streams_[known ? protocol : "other"];
    }
  }

  prometheus::ClientMetric::Histogram Latencies() const {
    prometheus::ClientMetric::Histogram histogram;
    for (const double bound : kLatencyBounds) {
      histogram.bucket.push_back({0, bound});
    }
    for (const auto& [peer, seconds] : peers_) {
      if (seconds == kUnknown) continue;
      ++histogram.sample_count;
      histogram.sample_sum += seconds;
      for (auto& bucket : histogram.bucket) {
        if (seconds <= bucket.upper_bound) ++bucket.cumulative_count;
      }
    }
    return histogram;
  }

  const DaemonState& daemon_;
  const std::set<std::string>& listed_;  // --ipfs.bandwidth-protocols
  std::vector<std::pair<std::size_t, double>> peers_;  // hash, latency
  std::map<std::pair<std::string_view, std::string_view>, int> connections_;
  std::map<std::string, int, std::less<>> streams_;
  bool all_streams_ = true;
};

std::vector<Request> Requests(const Settings& settings) {
  const std::set<std::string> listed(settings.bandwidth_protocols.begin(),
                                     settings.bandwidth_protocols.end());
  // The request owns `listed` and outlives the reader.
  return {{.target = kTarget,
           .elements =
               [listed](const DaemonState& daemon) {
                 return std::make_unique<SwarmReader>(daemon, listed);
               },
           .depth = 2}};
}

}  // namespace

constinit const Collector swarm_collector{
    .name = "swarm",
    .tells = "peers, connections, streams, latency",
    .on_by_default = true,
    .interval = std::chrono::seconds(15),
    .requests = Requests,
    .families = kFamilies,
    .after = &identity_collector};

}  // namespace ipfs_peer_exporter::ipfs
