#pragma once

#include <string>

namespace ipfs_peer_exporter::peer {

// The end of JSON Lines: documents of which each is a line of its own.
struct LastLines {
  std::string last;    // its beginning
  std::string before;  // what counts if the last was cut off; else empty
};

// Leaves the last line alone in `bytes` if they are lines that are each an
// object, two or more: no document of JSON looks so. Otherwise changes nothing.
LastLines TakeLastLines(std::string& bytes);

}  // namespace ipfs_peer_exporter::peer
