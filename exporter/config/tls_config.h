#pragma once

#include <string>
#include <vector>

// TLS of the HTTP server: plain data; copies may be used on any thread.
namespace ipfs_peer_exporter {

// What the server asks of a client's certificate.
enum class ClientAuth {
  kNone,             // not asked for
  kRequest,          // asked for, may be missing, not verified
  kRequireAny,       // must be sent, not verified
  kVerifyIfGiven,    // may be missing, verified if it is sent
  kRequireAndVerify  // must be sent, verified
};

struct TlsConfig {
  // PEM texts, not paths. `client_ca` is empty if there is none; it is never
  // empty where certificates are verified.
  std::string cert;
  std::string key;
  std::string client_ca;
  ClientAuth client_auth = ClientAuth::kNone;
  // A client's certificate must have one of these as subject alternative name
  // (DNS, IP address, e-mail or URI). Empty: any name.
  std::vector<std::string> allowed_sans;
  std::string priority;  // for gnutls_priority_init; never empty

  bool operator==(const TlsConfig&) const = default;
};

}  // namespace ipfs_peer_exporter
