#pragma once

#include <ctime>
#include <string>
#include <vector>

// Makes keys and certificates for tests of TLS.
namespace ipfs_peer_exporter {

struct TestCertificate {
  std::string cert;  // PEM
  std::string key;   // PEM
};

struct CertificateWish {
  std::string name = "localhost";  // common name, and DNS name for a server
  bool is_ca = false;
  bool is_client = false;  // purpose: clients, else servers
  // Subject alternative names: "DNS:x", "email:x", "IP:192.0.2.1", "URI:x".
  std::vector<std::string> names{};
  std::time_t valid_from = 0;           // seconds from now
  std::time_t valid_until = 24 * 3600;  // seconds from now
};

// A certificate signed by `issuer`, by itself if that is null.
TestCertificate MakeCertificate(const CertificateWish& wish,
                                const TestCertificate* issuer = nullptr);

}  // namespace ipfs_peer_exporter
