#include "tests/exporter/serve/test_certificates.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <gnutls/x509.h>

namespace ipfs_peer_exporter {
namespace {

gnutls_datum_t Datum(const std::string& text) {
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  return {const_cast<unsigned char*>(bytes),
          static_cast<unsigned>(text.size())};
}

std::string TakeText(gnutls_datum_t& datum) {
  std::string text(reinterpret_cast<char*>(datum.data), datum.size);
  gnutls_free(datum.data);
  return text;
}

void Require(int code) { REQUIRE(code >= 0); }

void AddName(gnutls_x509_crt_t made, const std::string& name) {
  const auto kind = name.substr(0, name.find(':'));
  std::string value = name.substr(kind.size() + 1);
  auto type = GNUTLS_SAN_DNSNAME;
  if (kind == "email") type = GNUTLS_SAN_RFC822NAME;
  if (kind == "URI") type = GNUTLS_SAN_URI;
  if (kind == "IP") {
    type = GNUTLS_SAN_IPADDRESS;
    const bool is_v6 = value.find(':') != value.npos;
    std::string bytes(is_v6 ? 16 : 4, '\0');
    REQUIRE(inet_pton(is_v6 ? AF_INET6 : AF_INET, value.c_str(),
                      bytes.data()) == 1);
    value = bytes;
  }
  Require(gnutls_x509_crt_set_subject_alt_name(
      made, type, value.data(), static_cast<unsigned>(value.size()),
      GNUTLS_FSAN_APPEND));
}

void Describe(gnutls_x509_crt_t made, const CertificateWish& wish) {
  static unsigned char serial = 0;
  const std::time_t now = std::time(nullptr);
  ++serial;
  Require(gnutls_x509_crt_set_version(made, 3));
  Require(gnutls_x509_crt_set_serial(made, &serial, 1));
  Require(gnutls_x509_crt_set_activation_time(made, now + wish.valid_from));
  Require(gnutls_x509_crt_set_expiration_time(made, now + wish.valid_until));
  Require(gnutls_x509_crt_set_dn_by_oid(
      made, GNUTLS_OID_X520_COMMON_NAME, 0, wish.name.data(),
      static_cast<unsigned>(wish.name.size())));
  Require(gnutls_x509_crt_set_basic_constraints(made, wish.is_ca ? 1 : 0, -1));
  for (const auto& name : wish.names) AddName(made, name);
  if (wish.is_ca) {
    Require(gnutls_x509_crt_set_key_usage(made, GNUTLS_KEY_KEY_CERT_SIGN));
    return;
  }
  Require(gnutls_x509_crt_set_key_usage(made, GNUTLS_KEY_DIGITAL_SIGNATURE));
  Require(gnutls_x509_crt_set_key_purpose_oid(
      made,
      wish.is_client ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER, 0));
}

}  // namespace

TestCertificate MakeCertificate(const CertificateWish& wish,
                                const TestCertificate* issuer) {
  gnutls_x509_privkey_t key = nullptr;
  gnutls_x509_privkey_t issuer_key = nullptr;
  gnutls_x509_crt_t made = nullptr;
  gnutls_x509_crt_t issuer_cert = nullptr;
  gnutls_x509_privkey_init(&key);
  gnutls_x509_privkey_init(&issuer_key);
  gnutls_x509_crt_init(&made);
  gnutls_x509_crt_init(&issuer_cert);
  Require(gnutls_x509_privkey_generate(
      key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
      0));
  Require(gnutls_x509_crt_set_key(made, key));
  Describe(made, wish);
  if (issuer != nullptr) {
    const auto cert_pem = Datum(issuer->cert);
    const auto key_pem = Datum(issuer->key);
    Require(
        gnutls_x509_crt_import(issuer_cert, &cert_pem, GNUTLS_X509_FMT_PEM));
    Require(
        gnutls_x509_privkey_import(issuer_key, &key_pem, GNUTLS_X509_FMT_PEM));
  }
  Require(gnutls_x509_crt_sign2(made, issuer == nullptr ? made : issuer_cert,
                                issuer == nullptr ? key : issuer_key,
                                GNUTLS_DIG_SHA256, 0));
  TestCertificate result;
  gnutls_datum_t text{};
  Require(gnutls_x509_crt_export2(made, GNUTLS_X509_FMT_PEM, &text));
  result.cert = TakeText(text);
  Require(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &text));
  result.key = TakeText(text);
  gnutls_x509_crt_deinit(made);
  gnutls_x509_crt_deinit(issuer_cert);
  gnutls_x509_privkey_deinit(key);
  gnutls_x509_privkey_deinit(issuer_key);
  return result;
}

}  // namespace ipfs_peer_exporter
