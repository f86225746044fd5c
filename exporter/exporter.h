#pragma once

#include <list>
#include <optional>

#include "exporter/event_loop.h"
#include "exporter/http_client.h"
#include "exporter/ipfs_poller.h"
#include "exporter/options.h"
#include "exporter/pages.h"
#include "exporter/peer_poller.h"
#include "exporter/publisher.h"
#include "exporter/self_metrics.h"
#include "exporter/socket_client.h"
#include "exporter/store.h"

namespace ipfs_peer_exporter {

// All parts but the HTTP server, put together and polling as soon as `loop`
// runs. Lives on the loop's thread, except `pages`, which is the server's.
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
