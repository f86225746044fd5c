#pragma once

#include <gnutls/gnutls.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/exporter/serve/test_certificates.h"
#include "tests/exporter/serve/test_server.h"

namespace ipfs_peer_exporter {

struct TlsWish {
  std::string priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
  const TestCertificate* certificate = nullptr;  // of the client
  bool byte_by_byte = false;                     // one send(2) per byte
};

// A blocking client over TLS that accepts any certificate of the server.
class TlsClient : public Client {
 public:
  explicit TlsClient(const std::string& server, const TlsWish& wish = {})
      : Client(server) {
    gnutls_certificate_allocate_credentials(&credentials_);
    if (wish.certificate != nullptr) {
      const auto cert = Datum(wish.certificate->cert);
      const auto key = Datum(wish.certificate->key);
      REQUIRE(gnutls_certificate_set_x509_key_mem(credentials_, &cert, &key,
                                                  GNUTLS_X509_FMT_PEM) >= 0);
    }
    // The certificate is sent although the server may not name its CA.
    gnutls_init(&session_,
                GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT | GNUTLS_NO_SIGNAL);
    REQUIRE(gnutls_priority_set_direct(session_, wish.priority.c_str(),
                                       nullptr) == 0);
    gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, credentials_);
    gnutls_transport_set_int(session_, fd());
    if (wish.byte_by_byte) {
      gnutls_transport_set_push_function(session_, &SendFirstByte);
    }
    gnutls_handshake_set_timeout(session_, kPatienceMs);
    gnutls_record_set_timeout(session_, kPatienceMs);
    do {
      handshake_ = gnutls_handshake(session_);
    } while (handshake_ < 0 && gnutls_error_is_fatal(handshake_) == 0);
  }

  ~TlsClient() override {
    gnutls_deinit(session_);
    gnutls_certificate_free_credentials(credentials_);
  }

  bool connected() const { return handshake_ == GNUTLS_E_SUCCESS; }
  bool IsTls13() const {
    return gnutls_protocol_get_version(session_) == GNUTLS_TLS1_3;
  }

  // The end of the connection without a loss: the server has said that it sends
  // no more.
  bool IsEnded() {
    char byte = 0;
    return Read(&byte, sizeof byte) == 0;
  }

  // Of the server, DER.
  std::string ServerCertificate() const {
    unsigned count = 0;
    const auto* const sent = gnutls_certificate_get_peers(session_, &count);
    REQUIRE(count > 0);
    return {reinterpret_cast<const char*>(sent->data), sent->size};
  }

 protected:
  static ssize_t SendFirstByte(gnutls_transport_ptr_t fd, const void* bytes,
                               std::size_t size) {
    return send(static_cast<int>(reinterpret_cast<std::intptr_t>(fd)), bytes,
                std::min<std::size_t>(size, 1), MSG_NOSIGNAL);
  }

  ssize_t Write(std::string_view bytes) override {
    return gnutls_record_send(session_, bytes.data(), bytes.size());
  }
  ssize_t Read(char* buffer, std::size_t size) override {
    ssize_t count = 0;
    do {
      count = gnutls_record_recv(session_, buffer, size);
      REQUIRE(count != GNUTLS_E_TIMEDOUT);
    } while (count == GNUTLS_E_AGAIN || count == GNUTLS_E_INTERRUPTED);
    return count;
  }

 private:
  static gnutls_datum_t Datum(const std::string& text) {
    const auto* const bytes =
        reinterpret_cast<const unsigned char*>(text.data());
    return {const_cast<unsigned char*>(bytes),
            static_cast<unsigned>(text.size())};
  }

  gnutls_certificate_credentials_t credentials_ = nullptr;
  gnutls_session_t session_ = nullptr;
  int handshake_ = GNUTLS_E_AGAIN;
};

}  // namespace ipfs_peer_exporter
