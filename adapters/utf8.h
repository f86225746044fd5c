#pragma once

#include <cstddef>
#include <string_view>

namespace ipfs_peer_exporter {

// The size in bytes of the first character of `text` (RFC 3629); 0 if `text` is
// empty or begins with NUL or invalid UTF-8.
std::size_t Utf8Size(std::string_view text);

// Whether `text` is UTF-8 without NUL. JSON must be checked before and after
// parsing, because RapidJSON accepts "\udc00" and "\u0000".
bool IsCleanUtf8(std::string_view text);

}  // namespace ipfs_peer_exporter
