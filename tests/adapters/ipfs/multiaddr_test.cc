#include "adapters/ipfs/multiaddr.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("multiaddr: the transport of an address") {
  struct Row {
    std::string multiaddr;
    std::string transport;
  };
  const Row rows[] = {
      {"/ip4/127.0.0.1/tcp/4001", "tcp"},
      {"/ip6/::1/tcp/4001", "tcp"},
      {"/ip6zone/eth0/ip6/fe80::1/tcp/4001", "tcp"},
      {"/dns/example.org/tcp/4001", "tcp"},
      {"/ip4/127.0.0.1/tcp/4001/p2p/QmPeer", "tcp"},
      {"/ip4/127.0.0.1/tcp/4001/ipfs/QmPeer", "tcp"},
      {"/ip4/127.0.0.1/tcp/4001/tls", "tcp"},
      {"/ip4/127.0.0.1/udp/4001/quic", "quic"},
      {"/ip4/127.0.0.1/udp/4001/quic-v1", "quic-v1"},
      {"/ip4/127.0.0.1/tcp/80/ws", "ws"},
      {"/ip4/127.0.0.1/tcp/80/ws/p2p/QmPeer", "ws"},
      {"/dns4/example.org/tcp/443/wss", "wss"},
      {"/dns4/example.org/tcp/443/tls/ws", "wss"},
      {"/ip4/192.0.2.1/tcp/443/tls/sni/example.org/ws", "wss"},
      {"/ip4/192.0.2.1/udp/4001/quic-v1/webtransport", "webtransport"},
      {"/ip4/192.0.2.1/udp/4001/quic-v1/webtransport/certhash/uEiA/certhash/"
       "uEiB/p2p/QmPeer",
       "webtransport"},
      {"/ip4/192.0.2.1/udp/4001/webrtc-direct/certhash/uEiA", "webrtc-direct"},
      {"/p2p/QmRelay/p2p-circuit", "p2p-circuit"},
      {"/ip4/192.0.2.1/tcp/4001/p2p/QmRelay/p2p-circuit", "p2p-circuit"},
      {"/ip4/192.0.2.1/udp/4001/quic-v1/p2p/QmRelay/p2p-circuit/p2p/QmPeer",
       "p2p-circuit"},
      {"/ip4/192.0.2.1/udp/4001/quic-v1/webtransport/certhash/uEiA/p2p/QmRelay/"
       "p2p-circuit",
       "p2p-circuit"},
      {"/ip4/192.0.2.1/udp/4001", "other"},
      {"/onion3/abc:80", "other"},
      {"/unix/run/ipfs.sock", "other"},
      {"", "other"},
      {"/", "other"},
      {"////", "other"},
      {"tcp", "tcp"},
      {"no multiaddr at all", "other"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.multiaddr);
    CHECK(Transport(row.multiaddr) == row.transport);
  }
}

TEST_CASE("multiaddr: a value with the name of a protocol is a value") {
  CHECK(Transport("/dns4/quic/tcp/4001") == "tcp");
  CHECK(Transport("/dns/ws/udp/4001") == "other");
  CHECK(Transport("/dns4/tcp") == "other");
  CHECK(Transport("/ip4/192.0.2.1/tcp/443/sni/p2p-circuit") == "tcp");
}

TEST_CASE("multiaddr: a very long one is read to its end") {
  std::string address;
  for (int i = 0; i < 10'000; ++i) address += "/x";
  CHECK(Transport(address + "/tcp/1") == "tcp");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
