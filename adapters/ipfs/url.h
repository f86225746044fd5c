#pragma once

#include <string>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// `text` as a part of a query; slashes stay (RFC 3986 §3.4).
std::string PercentEncode(std::string_view text);

// `text` as multibase base64url, 'u' and no padding (RFC 4648 §5,
// https://github.com/multiformats/multibase).
std::string MultibaseEncode(std::string_view text);

}  // namespace ipfs_peer_exporter::ipfs
