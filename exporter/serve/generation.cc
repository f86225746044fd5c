#include "exporter/serve/generation.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

#include "exporter/serve/client_certificate.h"

namespace ipfs_peer_exporter {
namespace {

// The pause after which an unfinished request line is taken for abandoned.
// libmicrohttpd does not tell that it has read a part of the line.
constexpr unsigned kQuietMs = 1000;

// Whether bytes from the client wait in the kernel.
bool HasUnread(int fd) {
  int unread = 0;
  return ioctl(fd, FIONREAD, &unread) == 0 && unread > 0;
}

// Whether bytes wait, or came a moment ago. An emulator may give less of
// tcp_info than the kernel.
bool HasInput(int fd) {
  if (HasUnread(fd)) return true;
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         size > offsetof(tcp_info, tcpi_last_data_recv) &&
         info.tcpi_last_data_recv < kQuietMs;
}

// Whether the client has not confirmed all bytes sent. Then the kernel may not
// have room for the message that ends TLS.
bool HasUnsent(int fd) {
  int unsent = 0;
  return ioctl(fd, TIOCOUTQ, &unsent) == 0 && unsent > 0;
}

}  // namespace

Generation::Generation(MhdShared& its_shared, const TlsConfig* its_tls)
    : shared(its_shared),
      tls(its_tls == nullptr ? std::nullopt : std::optional(*its_tls)) {}

Generation::~Generation() {
  // A daemon with suspended connections must not be stopped.
  for (Connection& connection : connections) {
    if (connection.is_parked) shared.parked.Resume(connection);
    if (connection.exchange == nullptr) continue;
    if (shared.deferred.erase(connection.exchange->id) == 0) continue;
    MHD_resume_connection(connection.mhd);
  }
  for (MHD_Daemon* daemon : daemons) MHD_stop_daemon(daemon);
}

void Generation::Retire(Clock::time_point now) {
  retired = now;
  for (MHD_Daemon* daemon : daemons) close(MHD_quiesce_daemon(daemon));
}

void Generation::ParkHandshakes() {
  if (!tls) return;
  for (Connection& connection : connections) {
    if (connection.is_parked || connection.asked) continue;
    if (connection.exchange != nullptr || HasUnread(connection.fd)) continue;
    const auto session = TlsSessionOf(connection.mhd);
    if (gnutls_record_check_pending(session) > 0) continue;
    shared.parked.Park(connection);
  }
}

void Generation::EndIdle() {
  for (const Connection& connection : connections) {
    if (!connection.asked || connection.exchange != nullptr) continue;
    if (HasInput(connection.fd) || HasUnsent(connection.fd)) continue;
    if (const auto session = TlsSessionOf(connection.mhd)) {
      if (gnutls_record_check_pending(session) > 0) continue;
      gnutls_bye(session, GNUTLS_SHUT_WR);  // says that the end is intended
    }
    shutdown(connection.fd, SHUT_RDWR);
  }
}

}  // namespace ipfs_peer_exporter
