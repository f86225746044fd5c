#include <set>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/url.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_pubsub_topics", kGauge,
     "Subscribed topics, including topics of IPNS over pubsub (pubsub/ls: "
     "Strings)."},
    {"ipfs_pubsub_peers", kGauge,
     "Connected pubsub peers (pubsub/peers: Strings)."},
    {"ipfs_pubsub_topic_peers", kGauge,
     "Pubsub peers subscribed to the topic, for topics in --ipfs.pubsub-topics "
     "(pubsub/peers?arg=: Strings)."},
};

// From this version on, topics are encoded in multibase.
constexpr char kMultibase[] = "0.11";

// The number of distinct strings in {"Strings":[…]}.
Result<double> CountStrings(const rapidjson::Value& reply) {
  if (!HasList(reply, "Strings")) return Error{Reason::kSchema, "no Strings"};
  const auto& strings = Member(reply, "Strings");
  if (strings.IsNull()) return 0.0;
  std::set<std::string_view> distinct;
  for (const auto& text : strings.GetArray()) distinct.insert(Text(text));
  return static_cast<double>(distinct.size());
}

Request Ask(std::string target, const Family& family, const Labels& labels) {
  return {.target = std::move(target),
          .document = [&family, labels](const rapidjson::Value& reply,
                                        Sink& sink) -> Status {
            const auto count = CountStrings(reply);
            if (!count) return count.error();
            sink.families.Add(family, *count, labels);
            return Ok();
          },
          .unsupported = {"experimental pubsub feature not enabled"}};
}

std::vector<Request> Requests(const Settings& settings) {
  std::vector<Request> requests{Ask("pubsub/ls", kFamilies[0], {}),
                                Ask("pubsub/peers", kFamilies[1], {})};
  for (const auto& topic : settings.pubsub_topics) {
    const Labels label{{"topic", topic}};
    const std::string target = "pubsub/peers?arg=";
    requests.push_back(
        Ask(target + MultibaseEncode(topic), kFamilies[2], label));
    requests.back().since = kMultibase;
    requests.push_back(Ask(target + PercentEncode(topic), kFamilies[2], label));
    requests.back().before = kMultibase;
  }
  return requests;
}

}  // namespace

constinit const Collector pubsub_collector{
    .name = "pubsub",
    .tells = "subscribed topics and their peers",
    .on_by_default = true,
    .interval = std::chrono::seconds(30),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
