#pragma once

#include <gnutls/gnutls.h>

#include <string>

#include "exporter/config/web_config.h"

struct MHD_Connection;

namespace ipfs_peer_exporter {

// The TLS session of the connection; null without TLS.
gnutls_session_t TlsSessionOf(MHD_Connection* connection);

// Asks the client for a certificate if `tls` requires it. Call it before the
// handshake. libmicrohttpd itself asks only if there is a CA.
void AskForCertificate(gnutls_session_t session, const TlsConfig& tls);

// Why `tls` does not allow the client's certificate, or that it is missing: a
// sentence; empty if it is allowed. Call it after the handshake, which has
// proved that the client has the certificate's key.
std::string CertificateError(gnutls_session_t session, const TlsConfig& tls);

}  // namespace ipfs_peer_exporter
