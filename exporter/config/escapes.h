#pragma once

#include <string>
#include <string_view>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Replaces \r \n \t \\ and \xNN by the bytes they stand for. Any other escape
// is an error; the message gives its position.
Result<std::string> Unescape(std::string_view text);

}  // namespace ipfs_peer_exporter
