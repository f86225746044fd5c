#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "tests/exporter/serve/test_certificates.h"
#include "tests/exporter/serve/test_server.h"
#include "tests/exporter/serve/tls_client.h"

// TLS of the HTTP server: versions, deadlines and client certificates.
namespace ipfs_peer_exporter {
namespace {

constexpr auto kNever = std::chrono::hours(1);

const TestCertificate& ServerCertificate() {
  static const auto made = MakeCertificate({.names = {"DNS:localhost"}});
  return made;
}

const TestCertificate& Ca() {
  static const auto made = MakeCertificate({.name = "CA", .is_ca = true});
  return made;
}

TlsConfig Config(ClientAuth auth = ClientAuth::kNone) {
  TlsConfig config;
  config.cert = ServerCertificate().cert;
  config.key = ServerCertificate().key;
  config.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
  config.client_auth = auth;
  const bool verifies = auth == ClientAuth::kVerifyIfGiven ||
                        auth == ClientAuth::kRequireAndVerify;
  if (verifies) config.client_ca = Ca().cert;
  return config;
}

HttpResponse SayError(const HttpRequest& request) {
  return Text(request.certificate_error);
}

struct TlsServer : TestServer {
  explicit TlsServer(const TlsConfig& config, HttpHandler handler = &SayError,
                     HttpLimits limits = {})
      : TestServer(std::move(handler), limits, {"127.0.0.1"}, &config) {}

  // What the handler is told about a client with this certificate.
  std::string Error(const TestCertificate* certificate) const {
    TlsClient client(addresses.front(), {.certificate = certificate});
    REQUIRE(client.connected());
    const auto reply = client.Get("/");
    REQUIRE(reply.complete);
    CHECK(client.Get("/").body == reply.body);
    return reply.body;
  }
};

TestCertificate ClientCertificate(std::vector<std::string> names = {}) {
  return MakeCertificate(
      {.name = "client", .is_client = true, .names = std::move(names)}, &Ca());
}

const std::string kTls12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2";
const std::string kTls11 = "NORMAL:-VERS-ALL:+VERS-TLS1.1:%VERIFY_ALLOW_BROKEN";

}  // namespace

TEST_CASE("TLS: versions 1.2 and 1.3 are served, older ones are not") {
  const TlsServer server(Config());
  const auto& address = server.addresses.front();
  TlsClient newest(address);
  CHECK(newest.IsTls13());
  CHECK(newest.Get("/").complete);
  TlsClient older(address, {.priority = kTls12});
  CHECK(older.connected());
  CHECK_FALSE(older.IsTls13());
  CHECK(older.Get("/").complete);
  CHECK_FALSE(TlsClient(address, {.priority = kTls11}).connected());
  CHECK(newest.Get("/").complete);
}

TEST_CASE("TLS: the priority string limits the version") {
  auto config = Config();
  config.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
  const TlsServer server(config);
  const auto& address = server.addresses.front();
  CHECK_FALSE(TlsClient(address, {.priority = kTls12}).connected());
  CHECK(TlsClient(address).connected());
}

TEST_CASE("TLS: a request in clear text gets no answer") {
  const TlsServer server(Config());
  Client client = server.Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.ReadToEnd().find("HTTP") == std::string::npos);
  CHECK(server.Error(nullptr) == "");
}

TEST_CASE("TLS: long responses and pipelined requests arrive whole") {
  std::string text;
  while (text.size() < 4'000'000) text += std::to_string(text.size()) + ' ';
  const TlsServer server(Config(),
                         [&](const HttpRequest&) { return Text(text); });
  TlsClient client(server.addresses.front());
  std::string requests;
  for (int i = 0; i < 5; ++i) requests += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  client.Send(requests);
  for (int i = 0; i < 5; ++i) CHECK(client.ReadReply().body == text);
}

TEST_CASE("TLS: a handshake has to be complete in time") {
  const TlsServer server(Config(), &SayError,
                         {.first_request = std::chrono::milliseconds(500),
                          .next_request = kNever});
  Client silent = server.Connect();
  Client slow = server.Connect();
  slow.Send("\x16\x03\x01\x02");  // the start of a ClientHello
  TlsClient no_request(server.addresses.front());
  TlsClient asked(server.addresses.front());
  CHECK(asked.Get("/").complete);
  CHECK(silent.IsClosed());
  CHECK(slow.IsClosed());
  CHECK(no_request.IsClosed());
  CHECK(asked.Get("/").complete);
}

TEST_CASE("TLS: a client that stops in the handshake costs no time") {
  std::atomic<int> turns = 0;
  const auto config = Config();
  const TestServer server(
      &SayError, {.first_request = std::chrono::milliseconds(200)},
      {"127.0.0.1"}, &config, [&turns](HttpServer&) { ++turns; });
  Client client = server.Connect();
  client.Send("\x16\x03\x01");  // the start of a ClientHello
  CHECK(client.IsClosed());
  CHECK(turns < 200);
}

TEST_CASE("TLS: a handshake in small pieces succeeds") {
  const TlsServer server(Config());
  TlsClient client(server.addresses.front(), {.byte_by_byte = true});
  REQUIRE(client.connected());
  CHECK(client.Get("/").complete);
}

TEST_CASE("TLS: one address cannot use the connections of others") {
  const TlsServer server(Config(), &SayError,
                         {.connections_per_address = 3,
                          .first_request = kNever,
                          .next_request = kNever});
  TlsClient asked(server.addresses.front());
  CHECK(asked.Get("/").complete);
  std::vector<Client> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(server.Connect());
  for (std::size_t i = 0; i < 18; ++i) CHECK(silent[i].IsClosed());
  CHECK(asked.Get("/").complete);
}

TEST_CASE("TLS: a client certificate is asked for, with and without a CA") {
  const auto good = ClientCertificate();
  const auto other = MakeCertificate({.name = "other", .is_client = true});
  const std::string missing = "The client certificate is missing.";
  const std::string foreign =
      "The client certificate is not signed by the client CA.";
  struct Row {
    ClientAuth auth;
    std::string with_none, with_other;
  };
  for (const auto& row :
       {Row{ClientAuth::kNone, "", ""}, Row{ClientAuth::kRequest, "", ""},
        Row{ClientAuth::kRequireAny, missing, ""},
        Row{ClientAuth::kVerifyIfGiven, "", foreign},
        Row{ClientAuth::kRequireAndVerify, missing, foreign}}) {
    CAPTURE(static_cast<int>(row.auth));
    const TlsServer server(Config(row.auth));
    CHECK(server.Error(nullptr) == row.with_none);
    CHECK(server.Error(&other) == row.with_other);
    CHECK(server.Error(&good) == "");
  }
}

TEST_CASE("TLS: the certificate is asked for in TLS 1.2 as well") {
  const TlsServer server(Config(ClientAuth::kRequireAny));
  const auto other = MakeCertificate({.name = "other", .is_client = true});
  TlsClient client(server.addresses.front(),
                   {.priority = kTls12, .certificate = &other});
  CHECK(client.Get("/").body == "");
  TlsClient without(server.addresses.front(), {.priority = kTls12});
  CHECK(without.Get("/").body == "The client certificate is missing.");
}

TEST_CASE("TLS: why a client certificate is not accepted") {
  const TlsServer server(Config(ClientAuth::kRequireAndVerify));
  const auto expired = MakeCertificate({.name = "client",
                                        .is_client = true,
                                        .valid_from = -7200,
                                        .valid_until = -3600},
                                       &Ca());
  const auto early = MakeCertificate(
      {.name = "client", .is_client = true, .valid_from = 3600}, &Ca());
  const auto of_server = MakeCertificate({.name = "client"}, &Ca());
  const auto signer = ClientCertificate();
  const auto by_client =
      MakeCertificate({.name = "client", .is_client = true}, &signer);
  CHECK(server.Error(&expired) == "The client certificate has expired.");
  CHECK(server.Error(&early) == "The client certificate is not valid yet.");
  CHECK(server.Error(&of_server) ==
        "The client certificate is not valid for client authentication.");
  CHECK(server.Error(&by_client) ==
        "The client certificate is not signed by the client CA.");
}

TEST_CASE("TLS: a client certificate needs an allowed name") {
  const std::vector<std::string> names = {
      "DNS:client.example", "email:a@example.org", "IP:192.0.2.1",
      "IP:2001:db8::1", "URI:spiffe://example/x"};
  const auto good = ClientCertificate(names);
  for (const std::string allowed :
       {"client.example", "a@example.org", "192.0.2.1", "2001:db8::1",
        "spiffe://example/x"}) {
    CAPTURE(allowed);
    auto config = Config(ClientAuth::kRequireAndVerify);
    config.allowed_sans = {"another", allowed};
    CHECK(TlsServer(config).Error(&good) == "");
  }
  auto config = Config(ClientAuth::kVerifyIfGiven);
  config.allowed_sans = {"client", "example", "CLIENT.example", ""};
  const TlsServer server(config);
  CHECK(server.Error(&good) ==
        "The client certificate has none of the names in client_allowed_sans.");
  CHECK(server.Error(nullptr) == "");
}

TEST_CASE("TLS: a deferred request is answered") {
  std::function<void(HttpStep)> later;
  const TlsServer server(
      Config(), [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        request.later([] { return Text("later"); });
        return std::nullopt;
      });
  TlsClient client(server.addresses.front());
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (int i = 0; i < 20; ++i) {
    client.Send(request + request);
    CHECK(client.ReadReply().body == "later");
    CHECK(client.ReadReply().body == "later");
  }
}

}  // namespace ipfs_peer_exporter
