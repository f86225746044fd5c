#pragma once

#include <string_view>

namespace ipfs_peer_exporter {

// Families that the dashboard shows on its cards. A peer chooses the names of
// its families, so they are recognised by the words at their end.
enum class Headline {
  kNone,
  kUp,
  kPeers,
  kReceived,
  kSent,
  kRepoSize,
  kRepoMax,
  kTrainings,
  kAccuracy,
  kLoss,
};

// `family` is the name as served.
Headline HeadlineOf(std::string_view family);

}  // namespace ipfs_peer_exporter
