#pragma once

#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// The Prometheus text format 0.0.4 and OpenMetrics 1.0. A line that is none is
// skipped alone, and so is a last one without line feed. Samples without # TYPE
// are untyped; those called _created that belong to a family are left out, and
// timestamps and exemplars are.
//
// An error means that no line could be read.
Status TranslatePrometheusText(std::string_view bytes, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
