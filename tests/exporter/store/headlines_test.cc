#include "exporter/store/headlines.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("headlines: names of the daemon, and words of a peer's names") {
  CHECK(HeadlineOf("ipfs_swarm_peers") == Headline::kPeers);
  CHECK(HeadlineOf("ipfs_repo_size_bytes") == Headline::kRepoSize);
  CHECK(HeadlineOf("peer_trainings_total") == Headline::kTrainings);
  CHECK(HeadlineOf("peer_epochs_total") == Headline::kTrainings);
  CHECK(HeadlineOf("peer_model_accuracy_ratio") == Headline::kAccuracy);
  CHECK(HeadlineOf("other_accuracy") == Headline::kAccuracy);
  CHECK(HeadlineOf("peer_model_loss") == Headline::kLoss);
}

TEST_CASE("headlines: other names have none") {
  CHECK(HeadlineOf("peer_inaccuracy") == Headline::kNone);
  CHECK(HeadlineOf("peer_loss_total") == Headline::kNone);
  CHECK(HeadlineOf("ipfs_x_loss") == Headline::kNone);
  CHECK(HeadlineOf("") == Headline::kNone);
}

}  // namespace
}  // namespace ipfs_peer_exporter
