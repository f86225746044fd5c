#pragma once

#include <list>
#include <optional>
#include <vector>

#include "exporter/config/web_config.h"
#include "exporter/serve/exchange.h"
#include "exporter/serve/mhd_shared.h"

struct MHD_Daemon;

namespace ipfs_peer_exporter {

// The daemons that serve with one TLS configuration, one per listening socket,
// and their connections. libmicrohttpd cannot replace the certificate of a
// daemon, so a new configuration takes a new generation; connections stay in
// the generation that accepted them. Used on the server's thread.
class Generation {
 public:
  // Serves without TLS if `tls` is null. `shared` must outlive the object.
  Generation(MhdShared& its_shared, const TlsConfig* its_tls);

  // Ends all connections at once.
  ~Generation();

  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // Stops accepting. From now on, each response ends its connection.
  void Retire(Clock::time_point now);

  // Ends connections that are idle: they have sent a request before, all their
  // requests are answered, the client has received the answers, and no byte of
  // a next request has arrived. Connections without a request have a deadline
  // in the guard.
  void EndIdle();

  // Parks connections that have sent no request yet and nothing that is unread.
  void ParkHandshakes();

  MhdShared& shared;
  const std::optional<TlsConfig> tls;
  std::vector<MHD_Daemon*> daemons;  // started by StartDaemon
  std::list<Connection> connections;
  std::optional<Clock::time_point> retired;  // since when
  bool is_surplus = false;                   // idle connections end at once
};

}  // namespace ipfs_peer_exporter
