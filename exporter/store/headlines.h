#pragma once

#include <string_view>

namespace ipfs_peer_exporter {

// What a family tells about node or training at a glance. A peer chooses the
// names of its families, so these are recognised by their words.
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
