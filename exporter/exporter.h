#pragma once

#include <list>
#include <optional>

#include "exporter/config/options.h"
#include "exporter/net/event_loop.h"
#include "exporter/net/http_client.h"
#include "exporter/net/socket_client.h"
#include "exporter/poll/ipfs_poller.h"
#include "exporter/poll/peer_poller.h"
#include "exporter/serve/pages.h"
#include "exporter/store/publisher.h"
#include "exporter/store/self_metrics.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// All parts but the HTTP server, put together. Polls as soon as `loop` runs.
// All is used on the loop's thread, except `pages`, which is the server's.
struct Exporter {
  explicit Exporter(const Options& options);

  EventLoop loop;
  HttpClient http{loop};
  SocketClient sockets{loop};
  Store store;
  ScrapeCounter scrapes;
  Publisher publisher;
  std::optional<IpfsPoller> ipfs;  // none with --ipfs.api=none
  std::list<PeerPoller> peers;
  Pages pages;
};

}  // namespace ipfs_peer_exporter
