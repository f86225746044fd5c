#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Readers of what a client writes in a request (RFC 9110).
namespace ipfs_peer_exporter {

// `text` without the blanks and tabs around it.
std::string_view Trim(std::string_view text);

// Whether they are equal, ignoring the case of ASCII letters.
bool IsSameText(std::string_view a, std::string_view b);

// Names and values, decoded and in order; an argument without "=" has an empty
// value.
using HttpQuery = std::vector<std::pair<std::string, std::string>>;

// Reads what stands after the "?" of a request's target.
HttpQuery ParseQuery(std::string_view text);

// Whether an Accept-Encoding header such as "deflate, gzip;q=0.5" names gzip
// with a weight above zero and not below that of "identity".
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace ipfs_peer_exporter
