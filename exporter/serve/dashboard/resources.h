#pragma once

#include <string_view>

// page.css and page.js, and their SHA-256 in hexadecimal digits.
namespace ipfs_peer_exporter {

extern constinit const std::string_view kStyle;
extern constinit const std::string_view kStyleSha256;
extern constinit const std::string_view kScript;
extern constinit const std::string_view kScriptSha256;

}  // namespace ipfs_peer_exporter
