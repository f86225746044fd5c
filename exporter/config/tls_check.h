#pragma once

#include <string>

#include "adapters/result.h"
#include "exporter/config/tls_config.h"

// Checks of TLS settings with GnuTLS. Errors (kSchema) never repeat a text.
namespace ipfs_peer_exporter {

// Whether the first certificate of a PEM text has an RSA key; an Error if there
// is none.
Result<bool> KeyIsRsa(const std::string& cert);

// Whether GnuTLS accepts certificate, key, client CA and priority.
Status CheckTls(const TlsConfig& tls);

}  // namespace ipfs_peer_exporter
