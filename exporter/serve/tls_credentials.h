#pragma once

#include "adapters/result.h"
#include "exporter/config/web_config.h"

namespace ipfs_peer_exporter {

// Whether GnuTLS accepts the configuration: certificates and key are PEM, the
// key belongs to the first certificate, and the priority string is valid. The
// error (kParse) says what is wrong and repeats no part of the key.
Status CheckTls(const TlsConfig& tls);

}  // namespace ipfs_peer_exporter
