#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Parsers for parts of an HTTP request (RFC 9110).
namespace ipfs_peer_exporter {

// `text` without leading and trailing spaces and tabs.
std::string_view Trim(std::string_view text);

// Whether `a` and `b` are equal, ignoring the case of ASCII letters.
bool IsSameText(std::string_view a, std::string_view b);

// Names and values, decoded and in order; an argument without "=" has an empty
// value.
using HttpQuery = std::vector<std::pair<std::string, std::string>>;

// Parses the part of a request target after the "?".
HttpQuery ParseQuery(std::string_view text);

}  // namespace ipfs_peer_exporter
