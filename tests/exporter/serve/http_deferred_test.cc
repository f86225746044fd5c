#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "tests/exporter/serve/test_server.h"

namespace ipfs_peer_exporter {
namespace {

// Defers every request, but answers "/now".
class Deferring {
 public:
  HttpHandler handler() {
    return [this](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (request.path == "/now") return Text("now");
      const std::lock_guard lock(mutex_);
      requests_.push_back(&request);
      laters_.push_back(request.later);
      changed_.notify_all();
      return std::nullopt;
    };
  }

  // The `later` of the request that came as number `i`, once it has come.
  std::function<void(HttpStep)> Later(std::size_t i) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return laters_.size() > i; });
    return laters_[i];
  }

  const HttpRequest& Request(std::size_t i) {
    Later(i);
    const std::lock_guard lock(mutex_);
    return *requests_[i];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<const HttpRequest*> requests_;
  std::vector<std::function<void(HttpStep)>> laters_;
};

const std::string kAsk = "GET /later?a=b HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST_CASE("deferred: another thread continues the request") {
  Deferring deferring;
  const TestServer server(deferring.handler());
  Client client = server.Connect();
  client.Send(kAsk);
  const auto& request = deferring.Request(0);
  CHECK(server.Connect().Get("/now").body == "now");  // nothing else waits
  std::thread([&, later = deferring.Later(0)] {
    later([&request] {
      return Text(std::string(request.path) + request.query[0].first);
    });
  }).join();
  CHECK(client.ReadReply().body == "/latera");
  CHECK(client.Get("/now").body == "now");
}

TEST_CASE("deferred: a step may defer again") {
  Deferring deferring;
  const TestServer server(deferring.handler());
  Client client = server.Connect();
  client.Send(kAsk);
  const auto later = deferring.Later(0);
  std::thread other;
  later([&]() -> std::optional<HttpResponse> {
    other = std::thread([&] { later([] { return Text("second"); }); });
    return std::nullopt;
  });
  CHECK(client.ReadReply().body == "second");
  other.join();
}

TEST_CASE("deferred: `later` may be called before the handler returns") {
  const TestServer server(
      [](const HttpRequest& request) -> std::optional<HttpResponse> {
        request.later([] { return Text("at once"); });
        return std::nullopt;
      });
  Client client = server.Connect();
  for (int i = 0; i < 100; ++i) CHECK(client.Get("/").body == "at once");
}

TEST_CASE("deferred: pipelined requests are answered in order") {
  Deferring deferring;
  const TestServer server(deferring.handler());
  Client client = server.Connect();
  client.Send(kAsk + "GET /now HTTP/1.1\r\nHost: x\r\n\r\n" + kAsk);
  deferring.Later(0)([] { return Text("first"); });
  CHECK(client.ReadReply().body == "first");
  CHECK(client.ReadReply().body == "now");
  deferring.Later(1)([] { return Text("third"); });
  CHECK(client.ReadReply().body == "third");
}

TEST_CASE("deferred: the client may be gone before the step") {
  Deferring deferring;
  const TestServer server(deferring.handler());
  server.Connect().Send(kAsk);
  deferring.Later(0)([] { return Text(std::string(1 << 20, 'x')); });
  deferring.Later(0)([]() -> HttpResponse {
    FAIL("called again");
    return {};
  });
  CHECK(server.Connect().Get("/now").body == "now");
}

TEST_CASE("deferred: the server stops without an answer") {
  Deferring deferring;
  auto server = std::make_unique<TestServer>(deferring.handler());
  Client client = server->Connect();
  client.Send(kAsk);
  const auto later = deferring.Later(0);
  server.reset();
  CHECK(client.IsClosed());
  const auto held = std::make_shared<int>();
  later([held] { return Text(""); });
  CHECK(held.use_count() == 1);  // the step is destroyed
}

TEST_CASE("deferred: a connection that is shut down is released") {
  Deferring deferring;
  // Each client takes the place of the one before. libmicrohttpd stops to
  // accept at 64 more than the limit.
  const TestServer server(deferring.handler(), {.connections = 1});
  for (std::size_t i = 0; i < 100; ++i) {
    Client client = server.Connect();
    client.Send(kAsk);
    deferring.Request(i);
  }
  CHECK(server.Connect().Get("/now").body == "now");
}

TEST_CASE("deferred: the deadline of a connection holds") {
  Deferring deferring;
  const TestServer server(deferring.handler(),
                          {.next_request = std::chrono::milliseconds(50)});
  Client client = server.Connect();
  client.Send(kAsk);
  CHECK(client.IsClosed());
  deferring.Later(0)([] { return Text("too late"); });
  CHECK(server.Connect().Get("/now").body == "now");
}

}  // namespace ipfs_peer_exporter
