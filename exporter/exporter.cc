#include "exporter/exporter.h"

namespace ipfs_peer_exporter {

Exporter::Exporter(const Options& options)
    : publisher(store, scrapes, options.exporter_metrics),
      pages(store, scrapes, history) {
  store.SetSite({options.telemetry_path, options.ipfs.enabled});
  if (options.ipfs.enabled) {
    ipfs.emplace(options.ipfs, loop, http, store, publisher);
    ipfs->Start();
  }
  for (const auto& peer : options.peers) {
    peers.emplace_back(options, peer, loop, http, sockets, store, publisher);
    peers.back().Start();
  }
  publisher.Publish();  // so that a page exists before the first poll
}

}  // namespace ipfs_peer_exporter
