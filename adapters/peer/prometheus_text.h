#pragma once

#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// Reads the Prometheus text format 0.0.4 and OpenMetrics 1.0. An invalid line
// is skipped alone, and so is a last line without a line feed. Samples without
// # TYPE are untyped. The _created samples of a family, timestamps and
// exemplars are left out.
//
// An error means that no line could be read.
Status TranslatePrometheusText(std::string_view bytes, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
