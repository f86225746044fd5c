#include "exporter/config/tls_check.h"

#include <doctest/doctest.h>

#include "tests/exporter/serve/test_certificates.h"

namespace ipfs_peer_exporter {
namespace {

TlsConfig Config() {
  static const auto made = MakeCertificate({});
  static const auto ca = MakeCertificate({.name = "CA", .is_ca = true});
  TlsConfig config;
  config.cert = made.cert;
  config.key = made.key;
  config.client_ca = ca.cert + ca.cert;
  config.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
  return config;
}

std::string ErrorOf(const TlsConfig& config) {
  const auto status = CheckTls(config);
  return status ? "" : status.error().message;
}

}  // namespace

TEST_CASE("TLS credentials: what GnuTLS accepts") {
  auto config = Config();
  CHECK(ErrorOf(config) == "");
  config.client_ca = "";
  CHECK(ErrorOf(config) == "");
  config.cert += Config().client_ca;  // a chain
  CHECK(ErrorOf(config) == "");
  config.cert = "A comment.\n" + Config().cert;
  CHECK(ErrorOf(config) == "");
}

TEST_CASE("TLS credentials: errors say what is wrong") {
  const auto other = MakeCertificate({});
  auto config = Config();
  config.cert = "";
  CHECK(ErrorOf(config).starts_with("the certificate is not valid PEM: "));
  config.cert =
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  CHECK(ErrorOf(config).starts_with("the certificate is not valid PEM: "));
  config = Config();
  config.key = config.cert;
  CHECK(ErrorOf(config).starts_with("the key is not valid PEM: "));
  config.key = other.key;
  CHECK(ErrorOf(config) == "the key does not belong to the certificate");
  config = Config();
  config.client_ca = "no certificate";
  CHECK(ErrorOf(config).starts_with("the client CA "));
  config = Config();
  config.priority = "NORMAL:+NONSENSE";
  CHECK(ErrorOf(config).starts_with(
      "TLS versions and ciphers, from \"+NONSENSE\": "));
  config.priority = "NORMAL:-VERS-ALL";
  CHECK(ErrorOf(config).starts_with("TLS versions and ciphers"));
}

}  // namespace ipfs_peer_exporter
