// What a client accepts (RFC 9110, section 12.5).
#pragma once

#include <string>
#include <string_view>

#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

struct AcceptedFormat {
  Format format;
  std::string content_type;
};

// The format that an Accept header prefers: the highest weight first, then the
// more precise of its ranges, then the order in the header. Ranges that allow
// several formats, such as */*, get text 0.0.4, and so do headers that accept
// none of the formats. Content-Type names the version that was asked for,
// and the escaping if the client asked for one.
AcceptedFormat ChooseFormat(std::string_view accept);

// Whether an Accept-Encoding header such as "deflate, gzip;q=0.5" prefers gzip:
// it names gzip with at least the weight of "identity", or accepts gzip by "*"
// with more. "*" is also the weight of "identity" if that is not named.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace ipfs_peer_exporter
