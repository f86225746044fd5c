#include "exporter/config/tls_priority.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

std::string Priority(const TlsChoice& choice) {
  const auto priority = TlsPriority(choice);
  return priority ? *priority : priority.error().message;
}

std::vector<const TlsSuite*> Suites(const std::vector<std::string>& names) {
  std::vector<const TlsSuite*> suites;
  for (const auto& name : names) suites.push_back(FindTlsSuite(name));
  return suites;
}

const std::string kBase = "NORMAL:-VERS-ALL:-KX-ALL:-CIPHER-ALL:-MAC-ALL";

TEST_CASE("TLS priority: versions") {
  const std::string ciphers =
      ":+ECDHE-RSA:+AES-128-GCM:+AEAD:+AES-256-GCM:+CHACHA20-POLY1305"
      ":%SERVER_PRECEDENCE";
  CHECK(Priority({}) == kBase + ":+VERS-TLS1.3:+VERS-TLS1.2" + ciphers);
  TlsChoice only13;
  only13.min = TlsVersion::kTls13;
  CHECK(Priority(only13) == kBase + ":+VERS-TLS1.3" + ciphers);
  TlsChoice only12;
  only12.max = TlsVersion::kTls12;
  CHECK(Priority(only12) == kBase + ":+VERS-TLS1.2" + ciphers);
}

TEST_CASE("TLS priority: suites in the order given, for the server's key") {
  TlsChoice choice;
  choice.max = TlsVersion::kTls12;
  choice.server_order = false;
  choice.suites =
      Suites({"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
              "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
              "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256"});
  CHECK(Priority(choice) == kBase +
                                ":+VERS-TLS1.2:+ECDHE-RSA:+AES-256-GCM:+AEAD"
                                ":+AES-128-CBC:+SHA1");
  choice.rsa = false;
  CHECK(Priority(choice) ==
        kBase + ":+VERS-TLS1.2:+ECDHE-ECDSA:+CHACHA20-POLY1305:+AEAD");
}

TEST_CASE("TLS priority: only suites of TLS 1.3") {
  TlsChoice choice;
  choice.suites = Suites({"TLS_AES_256_GCM_SHA384"});
  CHECK(Priority(choice) == kBase +
                                ":+VERS-TLS1.3:+ECDHE-RSA:+AES-256-GCM:+AEAD"
                                ":%SERVER_PRECEDENCE");
  choice.max = TlsVersion::kTls12;
  CHECK(Priority(choice) == "no cipher suite can be used with TLS 1.2");
}

TEST_CASE("TLS priority: what GnuTLS cannot express") {
  TlsChoice choice;
  choice.suites = Suites({"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"});
  CHECK(Priority(choice) ==
        "no cipher suite can be used with TLS 1.3: set max_version");
  choice.rsa = false;
  CHECK(Priority(choice) == "no cipher suite fits the server's key");
}

TEST_CASE("TLS priority: curves") {
  TlsChoice choice;
  choice.groups = {FindTlsGroup("X25519"), FindTlsGroup("CurveP521")};
  CHECK(Priority(choice).ends_with(
      ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP521R1:%SERVER_PRECEDENCE"));
}

TEST_CASE("TLS priority: unknown names") {
  CHECK(FindTlsSuite("TLS_RSA_WITH_RC4_128_SHA") == nullptr);
  CHECK(FindTlsGroup("CurveP257").empty());
}

}  // namespace
}  // namespace ipfs_peer_exporter
