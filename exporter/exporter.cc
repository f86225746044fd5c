#include "exporter/exporter.h"

#include <algorithm>
#include <string>
#include <vector>

#include "exporter/base/source_names.h"
#include "exporter/config/shown_settings.h"

namespace ipfs_peer_exporter {
namespace {

Site SiteOf(const Options& options) {
  Site site{options.telemetry_path, options.ipfs.enabled, options.lifecycle,
            options.max_requests};
  for (auto& [flag, value, source] : ShowSettings(options.in_force)) {
    site.settings.push_back({flag, value, source});
  }
  return site;
}

// The names of all collectors, in the order of the pages.
std::vector<std::string> CollectorNames(const Options& options) {
  std::vector<std::string> names;
  for (const auto& of : options.ipfs.collectors) {
    names.push_back(CollectorName(kIpfsSource, of.collector->name));
  }
  for (const auto& peer : options.peers) names.push_back(peer.collector());
  return names;
}

}  // namespace

Exporter::Exporter(const Options& options)
    : publisher(store, scrapes, options.exporter_metrics, &web_config_status),
      pages(store, scrapes, history) {
  store.SetSite(SiteOf(options));
  if (options.ipfs.enabled) {
    ipfs.emplace(options.ipfs, loop, http, store, publisher);
    ipfs->Start();
  }
  for (const auto& peer : options.peers) AddPeer(options, peer);
  publisher.Publish();  // so that a page exists before the first poll
}

void Exporter::AddPeer(const Options& options, const PeerOptions& peer) {
  peers.emplace_back(options, peer, loop, http, sockets, store, publisher);
  peers.back().Start();
}

void Exporter::Change(const Options& options) {
  if (!options.ipfs.enabled) {
    ipfs.reset();
  } else if (ipfs) {
    ipfs->Change(options.ipfs);
  } else {
    ipfs.emplace(options.ipfs, loop, http, store, publisher);
    ipfs->Start();
  }
  peers.remove_if([&](const PeerPoller& poller) {
    return std::ranges::find(options.peers, poller.collector(),
                             &PeerOptions::collector) == options.peers.end();
  });
  for (const auto& peer : options.peers) {
    const auto poller =
        std::ranges::find(peers, peer.collector(), &PeerPoller::collector);
    if (poller == peers.end()) {
      AddPeer(options, peer);
    } else {
      poller->Change(options, peer);
    }
  }
  store.Arrange(CollectorNames(options));
  store.SetSite(SiteOf(options));
  publisher.SetExporterMetrics(options.exporter_metrics);
  publisher.Publish();
}

}  // namespace ipfs_peer_exporter
