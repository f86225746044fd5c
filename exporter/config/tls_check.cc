#include "exporter/config/tls_check.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <memory>
#include <type_traits>

namespace ipfs_peer_exporter {
namespace {

template <typename Handle, auto kFree>
struct Freed {
  using pointer = Handle;
  void operator()(Handle handle) const { kFree(handle); }
};
template <typename Handle, auto kFree>
using Owned =
    std::unique_ptr<std::remove_pointer_t<Handle>, Freed<Handle, kFree>>;

// GnuTLS only reads the text, although the pointer is to non-const.
gnutls_datum_t Datum(const std::string& text) {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
          static_cast<unsigned>(text.size())};
}

Error Bad(const std::string& what, int code) {
  return {Reason::kSchema, what + ": " + gnutls_strerror(code)};
}

}  // namespace

Result<bool> KeyIsRsa(const std::string& cert) {
  const auto pem = Datum(cert);
  gnutls_x509_crt_t made = nullptr;
  int code = gnutls_x509_crt_init(&made);
  const Owned<gnutls_x509_crt_t, gnutls_x509_crt_deinit> certificate(made);
  if (code == 0) {
    code = gnutls_x509_crt_import(made, &pem, GNUTLS_X509_FMT_PEM);
  }
  if (code != 0) return Bad("cert", code);
  const int algorithm = gnutls_x509_crt_get_pk_algorithm(made, nullptr);
  return algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS;
}

Status CheckTls(const TlsConfig& tls) {
  gnutls_certificate_credentials_t made = nullptr;
  int code = gnutls_certificate_allocate_credentials(&made);
  if (code != 0) return Bad("GnuTLS", code);
  const Owned<gnutls_certificate_credentials_t,
              gnutls_certificate_free_credentials>
      credentials(made);
  const auto cert = Datum(tls.cert);
  const auto key = Datum(tls.key);
  code = gnutls_certificate_set_x509_key_mem(made, &cert, &key,
                                             GNUTLS_X509_FMT_PEM);
  if (code < 0) return Bad("cert and key", code);
  if (!tls.client_ca.empty()) {
    const auto ca = Datum(tls.client_ca);
    code =
        gnutls_certificate_set_x509_trust_mem(made, &ca, GNUTLS_X509_FMT_PEM);
    if (code < 0) return Bad("client_ca", code);
    if (code == 0) {
      return Error{Reason::kSchema, "client_ca: has no certificate"};
    }
  }
  gnutls_priority_t priority = nullptr;
  code = gnutls_priority_init(&priority, tls.priority.c_str(), nullptr);
  if (code != 0) return Bad("TLS settings", code);
  gnutls_priority_deinit(priority);
  return Ok();
}

}  // namespace ipfs_peer_exporter
