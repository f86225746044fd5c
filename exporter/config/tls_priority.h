#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/result.h"

// Translates TLS settings, in the names of Go's crypto/tls, to GnuTLS.
namespace ipfs_peer_exporter {

enum class TlsVersion { kTls12, kTls13 };

struct TlsSuite {
  std::string_view name;    // of Go: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
  std::string_view kx;      // of GnuTLS: "ECDHE-RSA"; empty for TLS 1.3
  std::string_view cipher;  // of GnuTLS: "AES-128-GCM"
  bool aead;                // else CBC with HMAC-SHA1
};

// Rows of the tables; null if the name is unknown or GnuTLS does not have it.
const TlsSuite* FindTlsSuite(std::string_view name);
// "CurveP256" → "GROUP-SECP256R1"; empty if unknown.
std::string_view FindTlsGroup(std::string_view name);

struct TlsChoice {
  TlsVersion min = TlsVersion::kTls12;
  TlsVersion max = TlsVersion::kTls13;
  std::vector<const TlsSuite*> suites;   // empty: the ECDHE suites with AEAD
  std::vector<std::string_view> groups;  // of GnuTLS; empty: its default
  bool server_order = true;  // the server's order of suites, not the client's
  bool rsa = true;           // the server's key is RSA; else ECDSA or EdDSA
};

// The priority string. GnuTLS shares ciphers between the versions, so TLS 1.3
// uses only the ciphers of the chosen suites too. As in Go, suites of TLS 1.3
// do not restrict anything unless no others are chosen. Returns an Error if
// GnuTLS cannot express the choice.
Result<std::string> TlsPriority(const TlsChoice& choice);

}  // namespace ipfs_peer_exporter
