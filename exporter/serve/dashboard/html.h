#pragma once

#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

// Escapes text for HTML and makes control characters visible. Use it for all
// text of the daemon and the peers, which is not trusted.
std::string Escape(std::string_view text);

// <tag class="kind">text</tag>; `text` is escaped.
std::string Element(std::string_view tag, std::string_view kind,
                    std::string_view text);

}  // namespace ipfs_peer_exporter
