#include "exporter/config/tls_check.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace ipfs_peer_exporter {
namespace {

using Credentials =
    std::unique_ptr<std::remove_pointer_t<gnutls_certificate_credentials_t>,
                    decltype(&gnutls_certificate_free_credentials)>;
using Key = std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>,
                            decltype(&gnutls_x509_privkey_deinit)>;

Error Wrong(std::string what, int code) {
  what += ": ";
  return {Reason::kParse, what + gnutls_strerror(code)};
}

// Valid as long as `text`; GnuTLS only reads it.
gnutls_datum_t Datum(const std::string& text) {
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  return {const_cast<unsigned char*>(bytes),
          static_cast<unsigned>(text.size())};
}

Status CheckPriority(const std::string& priority) {
  gnutls_priority_t made = nullptr;
  const char* wrong_from = nullptr;
  const int code = gnutls_priority_init(&made, priority.c_str(), &wrong_from);
  if (code < 0) {
    return Wrong("TLS versions and ciphers, from \"" +
                     std::string(wrong_from != nullptr ? wrong_from : "") + '"',
                 code);
  }
  gnutls_priority_deinit(made);
  return Ok();
}

Status CheckCertificate(const std::string& text) {
  const auto pem = Datum(text);
  gnutls_x509_crt_t* list = nullptr;
  unsigned size = 0;
  const int code =
      gnutls_x509_crt_list_import2(&list, &size, &pem, GNUTLS_X509_FMT_PEM, 0);
  if (code < 0) return Wrong("the certificate is not valid PEM", code);
  for (unsigned i = 0; i < size; ++i) gnutls_x509_crt_deinit(list[i]);
  gnutls_free(list);
  return Ok();
}

Status CheckKey(const std::string& text) {
  gnutls_x509_privkey_t made = nullptr;
  gnutls_x509_privkey_init(&made);
  const Key key(made, &gnutls_x509_privkey_deinit);
  const auto pem = Datum(text);
  const int code =
      gnutls_x509_privkey_import2(made, &pem, GNUTLS_X509_FMT_PEM, nullptr, 0);
  if (code == GNUTLS_E_DECRYPTION_FAILED) {
    return Error{Reason::kParse, "the key is encrypted"};
  }
  if (code < 0) return Wrong("the key is not valid PEM", code);
  return Ok();
}

// The certificates are loaded as libmicrohttpd does it.
Status CheckTogether(const TlsConfig& tls) {
  gnutls_certificate_credentials_t made = nullptr;
  int code = gnutls_certificate_allocate_credentials(&made);
  if (code < 0) return Wrong("TLS", code);
  const Credentials credentials(made, &gnutls_certificate_free_credentials);
  const auto cert = Datum(tls.cert);
  const auto key = Datum(tls.key);
  code = gnutls_certificate_set_x509_key_mem(made, &cert, &key,
                                             GNUTLS_X509_FMT_PEM);
  if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH) {
    return Error{Reason::kParse, "the key does not belong to the certificate"};
  }
  if (code < 0) {
    return Wrong("the certificate and its key cannot be used", code);
  }
  if (tls.client_ca.empty()) return Ok();
  const auto trust = Datum(tls.client_ca);
  code =
      gnutls_certificate_set_x509_trust_mem(made, &trust, GNUTLS_X509_FMT_PEM);
  if (code < 0) return Wrong("the client CA is not valid PEM", code);
  if (code == 0) {
    return Error{Reason::kParse, "the client CA contains no certificate"};
  }
  return Ok();
}

}  // namespace

Result<bool> KeyIsRsa(const std::string& cert) {
  gnutls_x509_crt_t made = nullptr;
  gnutls_x509_crt_init(&made);
  const std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>,
                        decltype(&gnutls_x509_crt_deinit)>
      certificate(made, &gnutls_x509_crt_deinit);
  const auto pem = Datum(cert);
  const int code = gnutls_x509_crt_import(made, &pem, GNUTLS_X509_FMT_PEM);
  if (code < 0) return Wrong("the certificate is not valid PEM", code);
  const int algorithm = gnutls_x509_crt_get_pk_algorithm(made, nullptr);
  return algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS;
}

Status CheckTls(const TlsConfig& tls) {
  if (auto status = CheckPriority(tls.priority); !status) return status;
  if (auto status = CheckCertificate(tls.cert); !status) return status;
  if (auto status = CheckKey(tls.key); !status) return status;
  return CheckTogether(tls);
}

}  // namespace ipfs_peer_exporter
