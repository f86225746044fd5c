#pragma once

#include <prometheus/metric_family.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/families.h"
#include "adapters/number.h"
#include "adapters/rendered_family.h"

namespace ipfs_peer_exporter {

// The Content-Type of the Prometheus text format.
inline constexpr std::string_view kTextFormat =
    "text/plain; version=0.0.4; charset=utf-8";

// Renders families in the Prometheus text format.
std::vector<RenderedFamily> Render(
    const std::vector<prometheus::MetricFamily>& families);

// Families rendered together; immutable and shared.
using Block = std::shared_ptr<const std::vector<RenderedFamily>>;

Block RenderBlock(const Families& families);

}  // namespace ipfs_peer_exporter
