#include "exporter/serve/client_certificate.h"

#include <gnutls/x509.h>
#include <microhttpd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

#include "exporter/serve/client_address.h"

namespace ipfs_peer_exporter {
namespace {

bool IsRequired(ClientAuth auth) {
  return auth == ClientAuth::kRequireAny ||
         auth == ClientAuth::kRequireAndVerify;
}

bool IsVerified(ClientAuth auth) {
  return auth == ClientAuth::kVerifyIfGiven ||
         auth == ClientAuth::kRequireAndVerify;
}

// The bits of gnutls_certificate_status_t that tell a cause, by importance.
struct Cause {
  unsigned bit;
  const char* words;
};
constexpr Cause kCauses[] = {
    {GNUTLS_CERT_REVOKED, "is revoked"},
    {GNUTLS_CERT_SIGNER_NOT_FOUND, "is not signed by the client CA"},
    {GNUTLS_CERT_SIGNER_NOT_CA, "is signed by a certificate that is not a CA"},
    {GNUTLS_CERT_SIGNATURE_FAILURE, "has an invalid signature"},
    {GNUTLS_CERT_EXPIRED, "has expired"},
    {GNUTLS_CERT_NOT_ACTIVATED, "is not valid yet"},
    {GNUTLS_CERT_PURPOSE_MISMATCH, "is not valid for client authentication"},
    {GNUTLS_CERT_INSECURE_ALGORITHM, "uses an insecure algorithm"},
};

std::string Sentence(const std::string& words) {
  return "The client certificate " + words + ".";
}

std::string VerifyError(gnutls_session_t session) {
  char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st data{GNUTLS_DT_KEY_PURPOSE_OID,
                             reinterpret_cast<unsigned char*>(purpose), 0};
  unsigned status = 0;
  const int code = gnutls_certificate_verify_peers(session, &data, 1, &status);
  if (code < 0) {
    return Sentence(std::string("cannot be verified: ") +
                    gnutls_strerror(code));
  }
  if (status == 0) return "";
  for (const auto& [bit, words] : kCauses) {
    if ((status & bit) != 0) return Sentence(words);
  }
  return Sentence("is not valid");
}

// The subject alternative name number `i`, empty if it is of another kind than
// DNS, IP, e-mail and URI; nullopt after the last.
std::optional<std::string> NameOf(gnutls_x509_crt_t certificate, unsigned i) {
  char name[4096];
  std::size_t size = sizeof name;
  const int kind = gnutls_x509_crt_get_subject_alt_name(certificate, i, name,
                                                        &size, nullptr);
  switch (kind) {
    case GNUTLS_SAN_DNSNAME:
    case GNUTLS_SAN_RFC822NAME:
    case GNUTLS_SAN_URI:
      return std::string(name, size);
    case GNUTLS_SAN_IPADDRESS:
      return AddressText({name, size});
    case GNUTLS_E_SHORT_MEMORY_BUFFER:
      return "";
    default:
      return kind < 0 ? std::nullopt : std::optional<std::string>("");
  }
}

bool HasAllowedName(const gnutls_datum_t& der, const TlsConfig& tls) {
  gnutls_x509_crt_t made = nullptr;
  gnutls_x509_crt_init(&made);
  const std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>,
                        decltype(&gnutls_x509_crt_deinit)>
      certificate(made, &gnutls_x509_crt_deinit);
  if (gnutls_x509_crt_import(made, &der, GNUTLS_X509_FMT_DER) < 0) return false;
  for (unsigned i = 0; const auto name = NameOf(made, i); ++i) {
    if (name->empty()) continue;
    if (std::ranges::count(tls.allowed_sans, *name) > 0) return true;
  }
  return false;
}

}  // namespace

gnutls_session_t TlsSessionOf(MHD_Connection* connection) {
  const auto* const info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info == nullptr ? nullptr
                         : static_cast<gnutls_session_t>(info->tls_session);
}

void AskForCertificate(gnutls_session_t session, const TlsConfig& tls) {
  if (tls.client_auth == ClientAuth::kNone) return;
  // Not GNUTLS_CERT_REQUIRE, which would end the handshake without a reason
  // that a client shows.
  gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
}

std::string CertificateError(gnutls_session_t session, const TlsConfig& tls) {
  if (tls.client_auth == ClientAuth::kNone) return "";
  unsigned count = 0;
  const auto* const sent = gnutls_certificate_get_peers(session, &count);
  if (sent == nullptr || count == 0) {
    return IsRequired(tls.client_auth) ? Sentence("is missing") : "";
  }
  if (IsVerified(tls.client_auth)) {
    if (auto error = VerifyError(session); !error.empty()) return error;
  }
  if (tls.allowed_sans.empty() || HasAllowedName(sent[0], tls)) return "";
  return Sentence("has none of the names in client_allowed_sans");
}

}  // namespace ipfs_peer_exporter
