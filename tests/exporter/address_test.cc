#include "exporter/address.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

constexpr char kDefault[] = "http://127.0.0.1:5001";
const std::string kLongestPath = "/" + std::string(106, 'x');

TEST_CASE("address: where the RPC API may be") {
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
      {"https://example.org/kubo/", "https://example.org/kubo"},
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

TEST_CASE("address: texts that are no address of an RPC API") {
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

TEST_CASE("address: user info is refused and not repeated") {
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
  const auto stats = ParseStatsAddress("http://user:secret@127.0.0.1/stats");
  REQUIRE_FALSE(stats);
  CHECK(stats.error().message.find("secret") == std::string::npos);
}

TEST_CASE("address: where the stats of a peer may be, over HTTP") {
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

TEST_CASE("address: where the stats of a peer may be, on a socket") {
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

TEST_CASE("address: texts that are no stats socket") {
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
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto address = ParseStatsAddress(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().message.starts_with("\"" + text + "\""));
  }
}

// The address that is discovered when the `api` file of the repository holds
// `content`.
HttpAddress DiscoverIn(const ScopedFolder& folder, const std::string& content) {
  std::ofstream(folder.File("api")) << content;
  const ScopedEnv env("IPFS_PATH", folder.path());
  return DiscoverRpcAddress();
}

TEST_CASE("address: the api file of the local node is read") {
  const ScopedFolder folder;
  CHECK(DiscoverIn(folder, "/ip4/127.0.0.1/tcp/5002").base ==
        "http://127.0.0.1:5002");
  CHECK(DiscoverIn(folder, "/ip4/127.0.0.1/tcp/5003\n").base ==
        "http://127.0.0.1:5003");
  CHECK(DiscoverIn(folder, "/ip4/127.0.0.1/tcp/5004\r\n").base ==
        "http://127.0.0.1:5004");
  CHECK(DiscoverIn(folder, "/unix/run/api.sock\n").unix_socket ==
        "/run/api.sock");
}

TEST_CASE("address: without a usable api file it is the default") {
  const ScopedFolder folder;
  {
    const ScopedEnv env("IPFS_PATH", folder.path());
    CHECK(DiscoverRpcAddress().base == kDefault);
  }
  const std::string contents[] = {"",
                                  "\n",
                                  "garbage",
                                  "/ip4/127.0.0.1",
                                  "/ip4/127.0.0.1/tcp/5002\nmore",
                                  std::string(5000, '/'),
                                  std::string("\0\0", 2)};
  for (const auto& content : contents) {
    CAPTURE(content);
    CHECK(DiscoverIn(folder, content).base == kDefault);
  }
}

TEST_CASE("address: an api file that is no file does not block") {
  const ScopedFolder folder;
  REQUIRE(mkfifo(folder.File("api").c_str(), 0600) == 0);
  const ScopedEnv env("IPFS_PATH", folder.path());
  CHECK(DiscoverRpcAddress().base == kDefault);
}

TEST_CASE("address: without IPFS_PATH the repository is in the home folder") {
  const ScopedFolder home;
  std::filesystem::create_directory(home.File(".ipfs"));
  std::ofstream(home.File(".ipfs/api")) << "/ip4/127.0.0.1/tcp/5005";
  const ScopedEnv home_env("HOME", home.path());
  for (const auto& unset : {std::optional<std::string>(), {""}}) {
    const ScopedEnv path_env("IPFS_PATH", unset);
    CHECK(DiscoverRpcAddress().base == "http://127.0.0.1:5005");
  }
}

TEST_CASE("address: without any folder it is the default") {
  const ScopedEnv home_env("HOME", std::nullopt);
  const ScopedEnv path_env("IPFS_PATH", std::nullopt);
  CHECK(DiscoverRpcAddress().base == kDefault);
}

}  // namespace
}  // namespace ipfs_peer_exporter
