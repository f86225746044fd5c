#pragma once

#include <string>

namespace ipfs_peer_exporter::peer {

// The end of JSON Lines, a text with one JSON document per line.
struct LastLines {
  std::string last;  // the beginning of the last line
  // The line before, if the last line has no line feed; else empty.
  std::string before;
};

// Reduces `bytes` to the last line if there are two or more lines and each is
// an object, which is impossible in a single JSON document. Otherwise changes
// nothing.
LastLines TakeLastLines(std::string& bytes);

}  // namespace ipfs_peer_exporter::peer
