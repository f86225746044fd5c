#pragma once

#include <string>
#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// How a peer writes its stats.
struct Format {
  std::string_view name;  // as in --peer.format
  // Changes `bytes`. An error means that nothing could be read.
  Status (*translate)(std::string& bytes, Samples& samples);
};

// The formats; the first, auto, is the one that Recognise finds.
extern const Format kFormats[4];

// The format of that name; null when there is none.
const Format* FindFormat(std::string_view name);

// The format that the beginning of `bytes` has, up to the first line that
// tells; null when it has none. Before key: NUMBER there may be keys with
// texts.
const Format* Recognise(std::string_view bytes);

}  // namespace ipfs_peer_exporter::peer
