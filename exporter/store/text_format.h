#pragma once

#include <prometheus/metric_family.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/families.h"
#include "adapters/number.h"
#include "adapters/rendered_family.h"

namespace ipfs_peer_exporter {

// A format of the pages. kText is the Prometheus text format; its versions
// 0.0.4 and 1.0.0 have the same bytes here.
enum class Format { kText, kOpenMetrics };

// "text" or "openmetrics".
std::string_view Name(Format format);

// The text of # HELP, as the header has it; empty if it has none.
std::string_view HelpOf(const RenderedFamily& family);

// Renders families in the Prometheus text format.
std::vector<RenderedFamily> Render(
    const std::deque<prometheus::MetricFamily>& families);

// Families rendered together; immutable and shared.
using Block = std::shared_ptr<const std::vector<RenderedFamily>>;

Block RenderBlock(const Families& families);

}  // namespace ipfs_peer_exporter
