#include "exporter/config/tls_priority.h"

#include <algorithm>
#include <iterator>

namespace ipfs_peer_exporter {
namespace {

// The suites that Go's tls.CipherSuites() lists. A certificate allows only one
// key exchange, so each cipher belongs to one suite.
constexpr TlsSuite kSuites[] = {
    {"TLS_AES_128_GCM_SHA256", "", "AES-128-GCM", true},
    {"TLS_AES_256_GCM_SHA384", "", "AES-256-GCM", true},
    {"TLS_CHACHA20_POLY1305_SHA256", "", "CHACHA20-POLY1305", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA", "AES-128-GCM",
     true},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA", "AES-256-GCM",
     true},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA", "AES-128-GCM", true},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA", "AES-256-GCM", true},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA",
     "CHACHA20-POLY1305", true},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA",
     "CHACHA20-POLY1305", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA", "AES-128-CBC",
     false},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA", "AES-256-CBC",
     false},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA", "AES-128-CBC", false},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA", "AES-256-CBC", false},
};

constexpr struct {
  std::string_view name;
  std::string_view group;
} kGroups[] = {{"CurveP256", "GROUP-SECP256R1"},
               {"CurveP384", "GROUP-SECP384R1"},
               {"CurveP521", "GROUP-SECP521R1"},
               {"X25519", "GROUP-X25519"}};

// The chosen suites of TLS 1.2 that fit the key; without a choice, all that use
// AEAD. If no chosen suite of TLS 1.2 fits, the chosen suites of TLS 1.3.
std::vector<const TlsSuite*> SuitesInForce(const TlsChoice& choice) {
  const std::string_view kx = choice.rsa ? "ECDHE-RSA" : "ECDHE-ECDSA";
  std::vector<const TlsSuite*> suites;
  if (choice.suites.empty()) {
    for (const auto& suite : kSuites) {
      if (suite.kx == kx && suite.aead) suites.push_back(&suite);
    }
  }
  for (const auto* suite : choice.suites) {
    if (suite->kx == kx) suites.push_back(suite);
  }
  if (!suites.empty()) return suites;
  std::ranges::copy_if(choice.suites, std::back_inserter(suites),
                       [](const auto* suite) { return suite->kx.empty(); });
  return suites;
}

void Append(std::string& priority, std::string_view part) {
  if (priority.find(std::string(":+").append(part)) == priority.npos) {
    priority.append(":+").append(part);
  }
}

}  // namespace

const TlsSuite* FindTlsSuite(std::string_view name) {
  const auto* const found = std::ranges::find(kSuites, name, &TlsSuite::name);
  return found == std::end(kSuites) ? nullptr : found;
}

std::string_view FindTlsGroup(std::string_view name) {
  for (const auto& row : kGroups) {
    if (row.name == name) return row.group;
  }
  return {};
}

Result<std::string> TlsPriority(const TlsChoice& choice) {
  const auto bad = [](const char* why) { return Error{Reason::kSchema, why}; };
  const auto suites = SuitesInForce(choice);
  if (suites.empty()) return bad("no cipher suite fits the server's key");
  const bool with12 =
      choice.min == TlsVersion::kTls12 && !suites.front()->kx.empty();
  const bool with13 = choice.max == TlsVersion::kTls13;
  if (with13 && std::ranges::none_of(suites, &TlsSuite::aead)) {
    return bad("no cipher suite can be used with TLS 1.3: set max_version");
  }
  if (!with12 && !with13) {
    return bad("no cipher suite can be used with TLS 1.2");
  }
  std::string priority = "NORMAL:-VERS-ALL:-KX-ALL:-CIPHER-ALL:-MAC-ALL";
  if (with13) Append(priority, "VERS-TLS1.3");
  if (with12) Append(priority, "VERS-TLS1.2");
  Append(priority, choice.rsa ? "ECDHE-RSA" : "ECDHE-ECDSA");
  for (const auto* suite : suites) {
    Append(priority, suite->cipher);
    Append(priority, suite->aead ? "AEAD" : "SHA1");
  }
  if (!choice.groups.empty()) priority += ":-GROUP-ALL";
  for (const auto group : choice.groups) Append(priority, group);
  if (choice.server_order) priority += ":%SERVER_PRECEDENCE";
  return priority;
}

}  // namespace ipfs_peer_exporter
