#include "exporter/config/shown_settings.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

std::string Shown(const Settings& settings) {
  std::string text;
  for (const auto& [flag, value, source] : ShowSettings(settings)) {
    text += flag + "=" + value + " (" + source + ")\n";
  }
  return text;
}

TEST_CASE("shown settings: value and source, in the order of --help") {
  CHECK(Shown({{"--peer.interval", {{"3s"}, "--peer.interval: c.yml:3:1"}},
               {"--ipfs.timeout", {{"1s"}, "IPFS_PEER_EXPORTER_IPFS_TIMEOUT"}},
               {"--peer.stats", {{"unix:/a", "b=unix:/b"}, "--peer.stats"}},
               {"--once", {{"true"}, "--once"}}}) ==
        "--ipfs.timeout=1s (IPFS_PEER_EXPORTER_IPFS_TIMEOUT)\n"
        "--peer.stats=unix:/a b=unix:/b (command line)\n"
        "--peer.interval=3s (c.yml:3:1)\n");
}

TEST_CASE("shown settings: no secret") {
  CHECK(Shown({{"--peer.request", {{"token abc"}, "--peer.request"}},
               {"--peer.stats",
                {{"a=http://h/stats?token=abc", "b=http://h/stats"},
                 "--peer.stats"}}}) ==
        "--peer.stats=a=http://h/stats?… b=http://h/stats (command line)\n"
        "--peer.request=(not shown) (command line)\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter
