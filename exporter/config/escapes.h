#pragma once

#include <string>
#include <string_view>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// A text with \r \n \t \\ and \xNN for bytes that no shell or file likes to
// carry. The error says where there is another escape.
Result<std::string> Unescape(std::string_view text);

}  // namespace ipfs_peer_exporter
