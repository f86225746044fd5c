#include <algorithm>
#include <limits>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/go_time.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_dht_routing_table_peers", kGauge,
     "Peers in the routing table (stats/dht: Buckets, Peers)."},
    {"ipfs_dht_routing_table_connected_peers", kGauge,
     "Peers in the routing table that the node is connected to (stats/dht: "
     "Connected)."},
    {"ipfs_dht_buckets", kGauge,
     "Buckets in the routing table (stats/dht: Buckets)."},
    {"ipfs_dht_bucket_peers", kGauge,
     "Peers in the bucket; the last bucket includes all further ones "
     "(stats/dht: Buckets, Peers)."},
    {"ipfs_dht_oldest_refresh_timestamp_seconds", kGauge,
     "Last refresh of the bucket that was refreshed longest ago (stats/dht: "
     "LastRefresh)."},
};
constexpr const Family& kPeers = kFamilies[0];
constexpr const Family& kConnected = kFamilies[1];
constexpr const Family& kBuckets = kFamilies[2];
constexpr const Family& kBucketPeers = kFamilies[3];
constexpr const Family& kOldestRefresh = kFamilies[4];

constexpr std::size_t kMaxBuckets = 24;

// {"Name":"wan","Buckets":[{"LastRefresh":"…","Peers":[{…},…]},…]}. The
// elements are peers, not buckets, because the accelerated DHT client keeps the
// whole network in one bucket.
class DhtReader : public ElementReader {
 public:
  explicit DhtReader(const char* table) : table_(table) {}

  Status Element(std::string& json) override {
    const auto peer = ParseJson(json);
    if (!peer) return peer.error();
    if (!peer->IsObject()) return Error{Reason::kSchema, "not a peer"};
    const auto& connected = Member(*peer, "Connected");
    if (connected.IsBool() && connected.GetBool()) ++connected_;
    return Ok();
  }

  Status End(const rapidjson::Value& envelope, Sink& sink) override {
    const auto& buckets = Member(envelope, "Buckets");
    if (!buckets.IsArray()) return Error{Reason::kSchema, "no Buckets"};
    std::vector<double> peers;  // by bucket
    double all = 0;
    double oldest = std::numeric_limits<double>::infinity();
    for (const auto& bucket : buckets.GetArray()) {
      const auto& list = Member(bucket, "Peers");
      const bool empty = !list.IsArray() || list.Empty();
      const double count = empty ? 0 : Number(list[0]).value_or(0);
      all += count;
      if (peers.size() < kMaxBuckets) {
        peers.push_back(count);
      } else {
        peers.back() += count;
      }
      const auto refreshed = GoTimeSeconds(Text(Member(bucket, "LastRefresh")));
      if (refreshed) oldest = std::min(oldest, *refreshed);
    }
    const Labels table{{"table", table_}};
    sink.families.Add(kPeers, all, table);
    sink.families.Add(kConnected, connected_, table);
    sink.families.Add(kBuckets, buckets.Size(), table);
    for (std::size_t i = 0; i < peers.size(); ++i) {
      sink.families.Add(kBucketPeers, peers[i],
                        {{"table", table_}, {"bucket", std::to_string(i)}});
    }
    if (oldest < std::numeric_limits<double>::infinity()) {
      sink.families.Add(kOldestRefresh, oldest, table);
    }
    return Ok();
  }

 private:
  const char* const table_;
  double connected_ = 0;
};

// One call per table: with the accelerated DHT client, a call for both tables
// fails after the first table was sent.
std::vector<Request> Requests(const Settings&) {
  std::vector<Request> requests;
  for (const auto* table : {"wan", "lan"}) {
    requests.push_back(
        {.target = "stats/dht?arg=" + std::string(table),
         .elements =
             [table](const DaemonState&) {
               return std::make_unique<DhtReader>(table);
             },
         .depth = 4,
         .unsupported = {"routing service is not a DHT", "no LAN client found",
                         "could not generate stats for the"}});
  }
  return requests;
}

}  // namespace

constinit const Collector dht_collector{
    .name = "dht",
    .tells = "routing tables, their buckets and last refresh",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
