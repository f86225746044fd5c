#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

// The bytes of the families as they are.
std::size_t SizeOf(const std::vector<Block>& blocks);

// The text of one page. Families of one name are joined: one header, that of
// the first, and the samples of all. Where blocks disagree about a type, or one
// has a histogram or summary and another a family that is named as a part of it
// (x and x_count), all these samples are kept, as untyped ones. No two blocks
// may have a series in common.
std::string Join(const std::vector<Block>& blocks);

}  // namespace ipfs_peer_exporter
