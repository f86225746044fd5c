#include "exporter/config/web_tls.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "exporter/config/tls_check.h"
#include "exporter/config/tls_priority.h"

namespace ipfs_peer_exporter {
namespace {

constexpr struct {
  std::string_view word;
  ClientAuth client_auth;
} kClientAuths[] = {
    {"", ClientAuth::kNone},
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"RequireClientCert", ClientAuth::kRequireAny},  // its former name
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify}};

ClientAuth ClientAuthOf(const YAML::Node& section) {
  const auto word = OptionalText(section, "client_auth_type");
  const auto* const row = std::ranges::find(
      kClientAuths, word, [](const auto& it) { return it.word; });
  if (row == std::end(kClientAuths)) {
    FailAt(section["client_auth_type"],
           "client_auth_type is not one of NoClientCert, RequestClientCert, "
           "RequireAnyClientCert, VerifyClientCertIfGiven, "
           "RequireAndVerifyClientCert");
  }
  return row->client_auth;
}

TlsVersion VersionOf(const YAML::Node& section, const std::string& key,
                     TlsVersion if_missing) {
  const auto word = OptionalText(section, key);
  if (word.empty()) return if_missing;
  if (word == "TLS12") return TlsVersion::kTls12;
  if (word == "TLS13") return TlsVersion::kTls13;
  if (word == "TLS10" || word == "TLS11") {
    FailAt(section[key],
           key + ": " + word + " is not supported; the oldest is TLS12");
  }
  FailAt(section[key], key + " is not TLS12 or TLS13");
}

// The elements of a list; empty if it is missing.
std::vector<YAML::Node> ElementsOf(const YAML::Node& section,
                                   const std::string& key) {
  const auto node = section[key];
  if (!node || node.IsNull()) return {};
  if (!node.IsSequence()) FailAt(node, key + " must be a list");
  return {node.begin(), node.end()};
}

TlsChoice ChoiceOf(const YAML::Node& section) {
  TlsChoice choice;
  choice.min = VersionOf(section, "min_version", choice.min);
  choice.max = VersionOf(section, "max_version", choice.max);
  if (choice.min > choice.max) {
    FailAt(section["max_version"], "max_version is below min_version");
  }
  for (const auto& node : ElementsOf(section, "cipher_suites")) {
    const auto* const suite = FindTlsSuite(TextAt(node));
    if (suite == nullptr) {
      FailAt(node, "cipher_suites: " + TextAt(node) + " is not supported");
    }
    choice.suites.push_back(suite);
  }
  for (const auto& node : ElementsOf(section, "curve_preferences")) {
    const auto group = FindTlsGroup(TextAt(node));
    if (group.empty()) {
      FailAt(node, "curve_preferences: " + TextAt(node) + " is not supported");
    }
    choice.groups.push_back(group);
  }
  choice.server_order =
      OptionalSwitch(section, "prefer_server_cipher_suites", true);
  return choice;
}

// Reads what is asked of clients.
void SetClients(const YAML::Node& section, WebFiles& files, TlsConfig& tls,
                std::vector<std::string>& notes) {
  tls.client_auth = ClientAuthOf(section);
  tls.client_ca = files.TextOrFile(section, "client_ca");
  for (const auto& node : ElementsOf(section, "client_allowed_sans")) {
    tls.allowed_sans.push_back(TextAt(node));
  }
  const bool restricted = !tls.client_ca.empty() || !tls.allowed_sans.empty();
  if (tls.client_auth == ClientAuth::kNone && restricted) {
    FailAt(section,
           "client_ca, client_ca_file and client_allowed_sans need a "
           "client_auth_type");
  }
  if (!tls.client_ca.empty()) return;
  if (tls.client_auth == ClientAuth::kRequireAndVerify) {
    FailAt(section["client_auth_type"],
           "client_auth_type: RequireAndVerifyClientCert needs client_ca_file");
  }
  if (tls.client_auth == ClientAuth::kVerifyIfGiven) {
    // Nothing could be verified, and clients without a certificate are let in.
    tls.client_auth = ClientAuth::kNone;
    tls.allowed_sans.clear();
    notes.emplace_back(
        "client_auth_type: VerifyClientCertIfGiven has no effect without "
        "client_ca_file");
  }
}

}  // namespace

std::optional<TlsConfig> TlsSection(const YAML::Node& section, WebFiles& files,
                                    std::vector<std::string>& notes) {
  if (!section || section.IsNull()) return std::nullopt;
  RequireWebKeys(
      section,
      {"cert", "key", "client_ca", "cert_file", "key_file", "client_auth_type",
       "client_ca_file", "client_allowed_sans", "min_version", "max_version",
       "cipher_suites", "prefer_server_cipher_suites", "curve_preferences"});
  if (section.size() == 0) return std::nullopt;
  TlsConfig tls;
  auto choice = ChoiceOf(section);
  tls.cert = files.TextOrFile(section, "cert");
  if (tls.cert.empty()) FailAt(section, "cert or cert_file is missing");
  tls.key = files.TextOrFile(section, "key");
  if (tls.key.empty()) FailAt(section, "key or key_file is missing");
  SetClients(section, files, tls, notes);
  const auto rsa = KeyIsRsa(tls.cert);
  if (!rsa) FailAt(section, rsa.error().message);
  choice.rsa = *rsa;
  auto priority = TlsPriority(choice);
  if (!priority) FailAt(section, priority.error().message);
  tls.priority = std::move(*priority);
  const auto checked = CheckTls(tls);
  if (!checked) FailAt(section, checked.error().message);
  return tls;
}

}  // namespace ipfs_peer_exporter
