#include "exporter/store/headlines.h"

namespace ipfs_peer_exporter {
namespace {

struct Name {
  std::string_view text;
  Headline headline;
};

constexpr Name kNames[] = {
    {"ipfs_up", Headline::kUp},
    {"ipfs_swarm_peers", Headline::kPeers},
    {"ipfs_bandwidth_received_bytes_total", Headline::kReceived},
    {"ipfs_bandwidth_sent_bytes_total", Headline::kSent},
    {"ipfs_repo_size_bytes", Headline::kRepoSize},
    {"ipfs_repo_storage_max_bytes", Headline::kRepoMax},
};

// Ends of names; the first that fits counts.
constexpr Name kEnds[] = {
    {"trainings_total", Headline::kTrainings},
    {"training_rounds_total", Headline::kTrainings},
    {"rounds_total", Headline::kTrainings},
    {"epochs_total", Headline::kTrainings},
    {"accuracy_ratio", Headline::kAccuracy},
    {"accuracy", Headline::kAccuracy},
    {"loss", Headline::kLoss},
};

// Whether `name` is `end` or ends in an underscore and `end`.
bool EndsInWords(std::string_view name, std::string_view end) {
  if (!name.ends_with(end)) return false;
  name.remove_suffix(end.size());
  return name.empty() || name.ends_with('_');
}

}  // namespace

Headline HeadlineOf(std::string_view family) {
  for (const auto& name : kNames) {
    if (family == name.text) return name.headline;
  }
  if (family.starts_with("ipfs_")) return Headline::kNone;
  for (const auto& end : kEnds) {
    if (EndsInWords(family, end.text)) return end.headline;
  }
  return Headline::kNone;
}

}  // namespace ipfs_peer_exporter
