#pragma once

#include <deque>
#include <map>
#include <string>

#include "adapters/peer/samples.h"
#include "tests/adapters/lines.h"

namespace ipfs_peer_exporter::peer {

using Skips = std::map<SkipReason, std::uint64_t>;

// The translation of a peer's bytes.
struct Translated {
  std::string error;  // the reason; empty on success
  std::string lines;
  Skips skipped;
  std::deque<prometheus::MetricFamily> families;
};

template <typename Translator>
Translated TranslateWith(Translator translator, std::string bytes,
                         const Options& options = {}) {
  Samples samples(options);
  const Status status = translator(bytes, samples);
  return {status ? "" : std::string(Name(status.error().reason)),
          Lines(samples.families()), samples.skipped(),
          samples.families().list()};
}

// Formats as "2 type, 1 label"; empty if nothing was skipped.
inline std::string ToText(const Skips& skipped) {
  std::string text;
  for (const auto& [reason, count] : skipped) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
            std::string(Name(reason));
  }
  return text;
}

}  // namespace ipfs_peer_exporter::peer
