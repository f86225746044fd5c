#pragma once

#include <string>

#include "adapters/result.h"
#include "exporter/config/tls_config.h"

namespace ipfs_peer_exporter {

// Whether GnuTLS accepts the configuration: certificates and key are PEM, the
// key belongs to the first certificate, and the priority string is valid. The
// error (kParse) says what is wrong and repeats no part of the key.
Status CheckTls(const TlsConfig& tls);

// Whether the first certificate of a PEM text has an RSA key; an Error if there
// is no certificate.
Result<bool> KeyIsRsa(const std::string& cert);

}  // namespace ipfs_peer_exporter
