#pragma once

#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// Lines of key=value or key: value, where keys are the paths of plain JSON:
//
//   model.accuracy=0.93
//   trainings_total: 7
//   info.version=1.10
//   Active connections: 3
//   Reading: 0 Writing: 1 Waiting: 2
//   STAT curr_items 3
//
// What stands below info. is a text, whatever it looks like.
// Empty lines, memcached's END and those that begin with # say nothing. A line
// that is none is skipped alone, and so is a last one without line feed.
//
// An error means that no line could be read.
Status TranslateKeyValue(std::string_view bytes, Samples& samples);

// What a line says of a document whose format is not known.
enum class Guess {
  kKeyValue,  // it is key=value: a key of at most four words, and a number
  kPerhaps,   // such a key with a text, or a single word
  kOther,
};
Guess GuessLine(std::string_view line);

// What stands in the frame of Redis' protocol: $NNN on a line of its own, then
// NNN bytes. Everything if there is no such frame.
std::string_view WithoutFrame(std::string_view bytes);

}  // namespace ipfs_peer_exporter::peer
