#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

// The size of all families in bytes, before they are joined.
std::size_t SizeOf(const std::vector<Block>& blocks);

// Joins the blocks to the text of one page. The samples are the same in every
// format, except for their order. Families of the same name become one family
// with the first one's header and the samples of all. If blocks disagree about
// a type, or if one block has a histogram or summary and another a family named
// like a part of it (x and x_count), the samples of all these families become
// untyped. In OpenMetrics, so do histograms and summaries that its rules or
// names do not allow; a counter becomes unknown, and x_info a gauge. The caller
// ensures that no two blocks share a series.
std::string Join(const std::vector<Block>& blocks, Format format);

}  // namespace ipfs_peer_exporter
