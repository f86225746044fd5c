#pragma once

#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// Reads lines of key=value or key: value, where keys are paths as in plain
// JSON:
//
//   model.accuracy=0.93
//   trainings_total: 7
//   info.version=1.10
//   Active connections: 3
//   Reading: 0 Writing: 1 Waiting: 2
//   STAT curr_items 3
//
// A value below info. is a text, even if it looks like a number. Empty lines,
// memcached's END and lines that begin with # are ignored. An invalid line is
// skipped alone, and so is a last line without a line feed.
//
// An error means that no line could be read.
Status TranslateKeyValue(std::string_view bytes, Samples& samples);

// What a line tells about the format of its document.
enum class Guess {
  kKeyValue,  // key=value: a key of at most four words, and a number
  kPerhaps,   // such a key with a text, or a single word
  kOther,
};
Guess GuessLine(std::string_view line);

// The content of a frame of the Redis protocol: $NNN on a line of its own, then
// NNN bytes. All of `bytes` if there is no such frame.
std::string_view WithoutFrame(std::string_view bytes);

}  // namespace ipfs_peer_exporter::peer
