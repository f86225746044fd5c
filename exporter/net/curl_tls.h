#pragma once

#include <curl/curl.h>

#include "exporter/net/tls_files.h"

namespace ipfs_peer_exporter {

// Sets what a libcurl handle trusts, and its client certificate. Changed files
// take effect with the next call.
void SetTls(CURL* easy, const TlsFiles& files);

}  // namespace ipfs_peer_exporter
