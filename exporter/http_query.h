#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a client may say in a request, in its own words.
namespace ipfs_peer_exporter {

// Names and values, decoded and in order; an argument without "=" has an empty
// value.
using HttpQuery = std::vector<std::pair<std::string, std::string>>;

// Reads what stands after the "?" of a request's target.
HttpQuery ParseQuery(std::string_view text);

// Whether an Accept-Encoding header such as "deflate, gzip;q=0.5" allows gzip;
// "q=0" and "q=0.000" forbid it.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace ipfs_peer_exporter
