#pragma once

#include <string>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// `text` percent-encoded for a query, except slashes (RFC 3986 §3.4).
std::string PercentEncode(std::string_view text);

// `text` in multibase base64url: prefix 'u', no padding (RFC 4648 §5,
// https://github.com/multiformats/multibase).
std::string MultibaseEncode(std::string_view text);

}  // namespace ipfs_peer_exporter::ipfs
