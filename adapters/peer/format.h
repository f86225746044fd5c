#pragma once

#include <string>
#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// A format of a peer's stats.
struct Format {
  std::string_view name;  // as in --peer.format
  // Adds the samples in `bytes`, and may change it. An error means that nothing
  // could be read.
  Status (*translate)(std::string& bytes, Samples& samples);
};

// All formats. The first, auto, is the format that Recognise() returns.
extern const Format kFormats[4];

// The format of this name; null if there is none.
const Format* FindFormat(std::string_view name);

// The format of `bytes`, which the first unambiguous line decides; null if it
// is unknown. Keys with texts may precede the first key: NUMBER.
const Format* Recognise(std::string_view bytes);

}  // namespace ipfs_peer_exporter::peer
