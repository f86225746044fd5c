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
#include "exporter/store/history.h"
#include "exporter/store/publisher.h"
#include "exporter/store/self_metrics.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// All parts of the program except the HTTP server. Polling begins when `loop`
// runs. All members are used on the loop's thread, except `pages`, which the
// server uses.
struct Exporter {
  explicit Exporter(const Options& options);

  // Takes other options while polling goes on. What did not change is not
  // interrupted, and counters are kept; the families of a collector or peer
  // that is gone are gone when the call returns. Settings of the server and the
  // log are not changed. Must not be called from a callback of a poll.
  void Change(const Options& options);

  EventLoop loop;
  HttpClient http{loop};
  SocketClient sockets{loop};
  Store store;
  History history;
  ScrapeCounter scrapes;
  WebConfigStatus web_config_status;
  Publisher publisher;
  std::optional<IpfsPoller> ipfs;  // empty with --ipfs.api=none
  std::list<PeerPoller> peers;
  Pages pages;

 private:
  void AddPeer(const Options& options, const PeerOptions& peer);
};

}  // namespace ipfs_peer_exporter
