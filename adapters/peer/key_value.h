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
//
// What stands below info. is a text, whatever it looks like.
// Empty lines and those that begin with # say nothing. A line that is none is
// skipped alone, and so is a last one without line feed.
//
// An error means that no line could be read.
Status TranslateKeyValue(std::string_view bytes, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
