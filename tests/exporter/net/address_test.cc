#include "exporter/net/address.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter {
namespace {

const std::string kLongestPath = "/" + std::string(106, 'x');

TEST_CASE("address: addresses of an RPC API") {
  struct Row {
    std::string text;
    std::string base;
    std::string unix_socket = "";
  };
  const Row rows[] = {
      {"/ip4/127.0.0.1/tcp/5001", "http://127.0.0.1:5001"},
      {"/ip4/127.0.0.1/tcp/5001/http", "http://127.0.0.1:5001"},
      {"/ip6/::1/tcp/5001", "http://[::1]:5001"},
      {"/ip6/::1/tcp/443/https", "https://[::1]:443"},
      {"/dns/ipfs.example.org/tcp/443/https", "https://ipfs.example.org:443"},
      {"/dns4/ipfs/tcp/443/tls/http", "https://ipfs:443"},
      {"/dns6/ipfs/tcp/443/tls", "https://ipfs:443"},
      {"/unix/run/ipfs/api.sock", "http://localhost", "/run/ipfs/api.sock"},
      {"/unix" + kLongestPath, "http://localhost", kLongestPath},
      {"http://127.0.0.1:5001", "http://127.0.0.1:5001"},
      {"http://127.0.0.1:5001/", "http://127.0.0.1:5001"},
      {"http://127.0.0.1:5001//", "http://127.0.0.1:5001"},
      {"http://ipfs", "http://ipfs"},
      {"http://[::1]:5001", "http://[::1]:5001"},
      {"http://[::1]", "http://[::1]"},
      {"http://[::ffff:127.0.0.1]:1", "http://[::ffff:127.0.0.1]:1"},
      {"http://peer_1.example:65535", "http://peer_1.example:65535"},
      {"http://127.1:05001", "http://127.1:05001"},  // as libcurl accepts it
      {"https://example.org/kubo/", "https://example.org/kubo"},
      // With the path of the RPC API, as other tools want it.
      {"http://127.0.0.1:5001/api/v0", "http://127.0.0.1:5001"},
      {"http://127.0.0.1:5001/api/v0/", "http://127.0.0.1:5001"},
      {"http://127.0.0.1:5001/api/v0/api/v0//", "http://127.0.0.1:5001"},
      {"https://example.org/kubo/api/v0", "https://example.org/kubo"},
      {"http://api/v0", "http://api/v0"},
      {"http://127.0.0.1:5001/api/v01", "http://127.0.0.1:5001/api/v01"},
      {"/ip4/127.0.0.1/tcp/5001/api/v0", "http://127.0.0.1:5001"},
      {"/ip4/127.0.0.1/tcp/5001/http/api/v0/", "http://127.0.0.1:5001"},
      {"/dns/ipfs/tcp/443/tls/http/api/v0", "https://ipfs:443"},
      {"/unix/run/api/v0", "http://localhost", "/run/api/v0"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto address = ParseRpcAddress(row.text);
    REQUIRE(address);
    CHECK(address->base == row.base);
    CHECK(address->unix_socket == row.unix_socket);
    CHECK(address->text == row.text);
  }
}

TEST_CASE("address: invalid addresses of an RPC API") {
  const std::string texts[] = {
      "",
      "/",
      "localhost:5001",
      "127.0.0.1:5001",
      "ftp://127.0.0.1",
      "HTTP//127.0.0.1",
      "://127.0.0.1",
      "http://",
      "http:///path",
      "http://:5001",
      "http://127.0.0.1:",
      "http://127.0.0.1:0",
      "http://127.0.0.1:65536",
      "http://127.0.0.1:5001x",
      "http://127.0.0.1:+1",
      "http://a b:5001",
      "http://[::1",
      "http://[::1]5001",
      "http://[]:5001",
      "http://::1:5001",
      // Accepted by some or all releases of libcurl.
      "HTTP://127.0.0.1",
      "http://[::1]:",
      "http://127.0.0.1:00",
      "http://[::1%25lo]",
      "http://[fe80::1%lo]:5001",
      "http://[::1]?arg=1",
      "http://%6cocalhost",
      "http://a&b",
      "http://a|b",
      "http://a:1:2",
      "http:\\\\127.0.0.1",
      "http://127.0.0.1:5001/?arg=1",
      "http://127.0.0.1:5001?arg=1",
      "http://127.0.0.1:5001/#x",
      "http://127.0.0.1:5001/a b",
      "/ip4",
      "/ip4/127.0.0.1",
      "/ip4//tcp/5001",
      "/ip4/localhost/tcp/5001",
      "/ip4/::1/tcp/5001",
      "/ip6/127.0.0.1/tcp/5001",
      "/unix/run/my api",
      "http://[localhost]:5001",
      "http://[127.0.0.1]:5001",
      "/ip4/127.0.0.1/tcp",
      "/ip4/127.0.0.1/tcp/0",
      "/ip4/127.0.0.1/tcp/65536",
      "/ip4/127.0.0.1/tcp/x",
      "/ip4/127.0.0.1/udp/5001/quic-v1",
      "/ip4/127.0.0.1/tcp/5001/ws",
      "/ip4/127.0.0.1/tcp/5001/",
      "/ip4/127.0.0.1/tcp/5001/p2p/QmPeer",
      "/ip4/a b/tcp/5001",
      "/dnsaddr/example.org/tcp/1",
      "/tcp/5001",
      "/unix",
      "/unix/",
      "/unix/%2Frun%2Fipfs%2Fapi.sock",
      "/ip4/127.0.0.1/tcp/5001/api/v1",
      "/api/v0",
      "/unix" + kLongestPath + "x",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto address = ParseRpcAddress(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().message.find('\n') == std::string::npos);
    CHECK(address.error().message.starts_with("\"" + text + "\""));
  }
}

TEST_CASE("address: user info is rejected and not repeated") {
  const std::string texts[] = {
      "http://user:secret@127.0.0.1:5001", "http://secret@127.0.0.1",
      "https://:secret@example.org/", "http://user:secret@/",
      "http://user:secret/x@127.0.0.1"};
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto rpc = ParseRpcAddress(text);
    REQUIRE_FALSE(rpc);
    CHECK(rpc.error().message.find("secret") == std::string::npos);
    CHECK(rpc.error().message.find("--ipfs.auth-file") != std::string::npos);
  }
  for (const std::string text : {"http://user:secret@127.0.0.1/stats",
                                 "http+unix://secret@%2Fp/stats"}) {
    CAPTURE(text);
    const auto stats = ParseStatsAddress(text);
    REQUIRE_FALSE(stats);
    CHECK(stats.error().message.find("secret") == std::string::npos);
    CHECK(stats.error().message.find("--peer.auth-file") != std::string::npos);
  }
}

TEST_CASE("address: addresses of stats over HTTP") {
  struct Row {
    std::string text;
    std::string page;
    std::string base;
    std::string unix_socket = "";
  };
  const Row rows[] = {
      {"http://127.0.0.1:52342/stats", "/stats", "http://127.0.0.1:52342"},
      {"http://127.0.0.1:52342", "/", "http://127.0.0.1:52342"},
      {"http://[::1]:1/a?b=c&d", "/a?b=c&d", "http://[::1]:1"},
      {"https://peer.example/stats", "/stats", "https://peer.example"},
      {"http+unix:/run/peer.sock:/stats", "/stats", "http://localhost",
       "/run/peer.sock"},
      {"http+unix:/run/peer.sock", "/", "http://localhost", "/run/peer.sock"},
      {"http+unix:/run/a:b.sock:/stats", "/stats", "http://localhost",
       "/run/a:b.sock"},
      // As requests-unixsocket and docker-py write it.
      {"http+unix://%2Frun%2Fp.sock/stats", "/stats", "http://localhost",
       "/run/p.sock"},
      {"http+unix://%2frun%2Fa%3Abc.sock", "/", "http://localhost",
       "/run/a:bc.sock"},
      {"http+unix://%2Frun%25p", "/", "http://localhost", "/run%p"},
      {"http+unix://%2Frun%2Fp.sock/a%2Fb?c=d", "/a%2Fb?c=d",
       "http://localhost", "/run/p.sock"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto address = ParseStatsAddress(row.text);
    REQUIRE(address);
    CHECK((address->kind == StatsAddress::Kind::kHttp));
    CHECK(address->page == row.page);
    CHECK(address->http.base == row.base);
    CHECK(address->http.unix_socket == row.unix_socket);
    CHECK(address->text == row.text);
  }
}

TEST_CASE("address: addresses of stats on a socket") {
  struct Row {
    std::string text;
    int family;
    std::string where;
  };
  const Row rows[] = {
      {"unix:/run/peer/stats.sock", AF_UNIX, "/run/peer/stats.sock"},
      {"unix:" + kLongestPath, AF_UNIX, kLongestPath},
      {"tcp://127.0.0.1:9999", AF_INET, "127.0.0.1:9999"},
      {"tcp://localhost:9999", AF_INET, "localhost:9999"},
      {"tcp://[::1]:9999", AF_INET6, "[::1]:9999"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto address = ParseStatsAddress(row.text);
    REQUIRE(address);
    CHECK((address->kind == StatsAddress::Kind::kSocket));
    CHECK(address->socket.storage.ss_family == row.family);
    CHECK(address->socket.text == row.where);
  }
}

TEST_CASE("address: which addresses are on this machine") {
  for (const std::string text :
       {"/unix/run/ipfs.sock", "/ip4/127.0.0.1/tcp/5001", "/ip6/::1/tcp/5001",
        "/dns/localhost/tcp/5001", "http://127.1.2.3:1", "http://localhost"}) {
    CAPTURE(text);
    CHECK(ParseRpcAddress(text)->local);
  }
  for (const std::string text :
       {"/ip4/192.0.2.1/tcp/5001", "http://localhost.example.org:5001",
        "http://ipfs:5001", "/ip6/2001:db8::1/tcp/5001"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseRpcAddress(text)->local);
  }
}

TEST_CASE("address: invalid addresses of stats") {
  const std::string texts[] = {
      "",
      "none",
      "/run/peer/stats.sock",
      "unix:",
      "unix:/",
      "unix:stats.sock",
      "unix:" + kLongestPath + "x",
      "http:/127.0.0.1",
      "http://",
      "http://127.0.0.1:0/stats",
      "http://127.0.0.1/a b",
      "ftp://127.0.0.1/stats",
      "file:///etc/passwd",
      "tcp://127.0.0.1",
      "tcp://127.0.0.1:0",
      "tcp://peer.example:1",
      "tcp://[::1:1",
      "http+unix:run/peer.sock:/stats",
      "http+unix:",
      "http+unix:/run/p.sock:stats",
      "http+unix:/run/p.sock:80",
      "http+unix:%2Frun%2Fp.sock:/stats",
      "http+unix:/%2Frun%2Fp.sock:/stats",
      "http+unix://run/p.sock/stats",
      "http+unix://%2Frun%2Fp.sock:80/stats",
      "http+unix://%2Frun%2Fp.sock?a=b",
      "http+unix://%2Frun%2Fp.sock/#a",
      "http+unix://%2Frun%2",
      "http+unix://%2Frun%zz",
      "http+unix://%2Frun%2Fp#a",
      "http+unix://%2Frun%00p",
      "http+unix://%2Frun%0Ap",
      "http+unix://%252Frun%252Fp.sock/stats",
      "http+unix://",
      "unix://%2Frun%2Fp.sock",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto address = ParseStatsAddress(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().message.starts_with("\"" + text + "\""));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
