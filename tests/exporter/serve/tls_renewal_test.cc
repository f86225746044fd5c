#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/exporter/serve/test_certificates.h"
#include "tests/exporter/serve/test_server.h"
#include "tests/exporter/serve/tls_client.h"

// Renewal of TLS while the server runs.
namespace ipfs_peer_exporter {
namespace {

constexpr auto kNever = std::chrono::hours(1);
constexpr HttpLimits kLimits{
    .first_request = kNever, .next_request = kNever, .idle_when_old = kNever};

// Old connections end as soon as they are idle.
constexpr HttpLimits kIdleEnds{.first_request = kNever,
                               .next_request = kNever,
                               .idle_when_old = std::chrono::milliseconds(0)};

TlsConfig NewConfig() {
  const auto made = MakeCertificate({.names = {"DNS:localhost"}});
  TlsConfig config;
  config.cert = made.cert;
  config.key = made.key;
  config.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
  return config;
}

// Runs functions on the server's thread, between its turns.
class Hook {
 public:
  HttpServer::BeforeRun before_run() {
    return [this](HttpServer& server) {
      std::vector<std::packaged_task<void(HttpServer&)>> tasks;
      {
        const std::lock_guard lock(mutex_);
        tasks.swap(tasks_);
      }
      for (auto& task : tasks) task(server);
    };
  }

  // `wake` makes the server take a turn.
  void Run(const std::function<void(HttpServer&)>& function,
           const std::function<void()>& wake) {
    std::packaged_task<void(HttpServer&)> task(function);
    auto done = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake();
    done.get();
  }

 private:
  std::mutex mutex_;
  std::vector<std::packaged_task<void(HttpServer&)>> tasks_;
};

HttpResponse SayPath(const HttpRequest& request) {
  return Text(std::string(request.path));
}

struct RenewedServer {
  explicit RenewedServer(HttpHandler handler = &SayPath,
                         HttpLimits limits = kLimits)
      : config(NewConfig()),
        test(std::move(handler), limits, {"127.0.0.1", "127.0.0.1"}, &config,
             hook.before_run()) {}

  TlsClient Connect() const { return TlsClient(test.addresses.front()); }

  void Run(const std::function<void(HttpServer&)>& function) {
    hook.Run(function, [this] { test.Connect(); });
  }

  bool Renew(const TlsConfig& next) {
    bool renewed = false;
    Run([&](HttpServer& server) { renewed = server.Renew(next).has_value(); });
    return renewed;
  }

  std::size_t Old() {
    std::size_t old = 0;
    Run([&](HttpServer& server) { old = server.old_generations(); });
    return old;
  }

  void WaitForOld(std::size_t expected) {
    // Each look takes a connection to the server.
    while (Old() != expected) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  Hook hook;
  TlsConfig config;
  TestServer test;
};

const std::string kAsk = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";

}  // namespace

TEST_CASE("TLS renewal: new connections get the new certificate at once") {
  RenewedServer server;
  auto old = server.Connect();
  CHECK(old.Get("/a").body == "/a");
  REQUIRE(server.Renew(NewConfig()));
  CHECK(server.Old() == 1);
  for (const auto& address : server.test.addresses) {
    TlsClient fresh(address);
    CHECK(fresh.ServerCertificate() != old.ServerCertificate());
    CHECK_FALSE(fresh.Get("/b").Has("Connection: close"));
  }
  const auto last = old.Get("/c");
  CHECK(last.body == "/c");
  CHECK(last.Has("Connection: close"));
  CHECK(old.IsEnded());
  server.WaitForOld(0);
}

TEST_CASE("TLS renewal: a wrong configuration leaves the old one in force") {
  RenewedServer server;
  auto client = server.Connect();
  CHECK(client.Get("/").complete);
  auto wrong = NewConfig();
  wrong.key = NewConfig().key;
  CHECK_FALSE(server.Renew(wrong));
  CHECK(server.Old() == 0);
  CHECK_FALSE(client.Get("/").Has("Connection: close"));
  auto other = server.Connect();
  CHECK(other.ServerCertificate() == client.ServerCertificate());
}

TEST_CASE("TLS renewal: a server without TLS gets it") {
  Hook hook;
  const TestServer server(&SayPath, kLimits, {"127.0.0.1"}, nullptr,
                          hook.before_run());
  Client plain = server.Connect();
  CHECK(plain.Get("/").complete);
  hook.Run([](HttpServer& one) { CHECK(one.Renew(NewConfig())); },
           [&] { server.Connect(); });
  TlsClient secure(server.addresses.front());
  CHECK(secure.Get("/").complete);
  CHECK(plain.Get("/").Has("Connection: close"));
  CHECK(plain.IsClosed());
}

TEST_CASE("TLS renewal: idle old connections end after a time") {
  auto limits = kLimits;
  limits.idle_when_old = std::chrono::milliseconds(10);
  RenewedServer server(&SayPath, limits);
  auto idle = server.Connect();
  CHECK(idle.Get("/").complete);
  auto half = server.Connect();
  CHECK(half.Get("/").complete);
  half.Send("GET /half HTTP/1.1\r\nHost: x\r\n");
  auto silent = server.Connect();
  REQUIRE(server.Renew(NewConfig()));
  CHECK(idle.IsEnded());
  half.Send("\r\n");  // not idle
  CHECK(half.ReadReply().body == "/half");
  CHECK(half.IsEnded());
  CHECK(silent.Get("/silent").body == "/silent");  // never asked: not idle
  CHECK(silent.IsEnded());
  server.WaitForOld(0);
}

TEST_CASE("TLS renewal: at most four old generations keep idle connections") {
  RenewedServer server;
  std::vector<std::unique_ptr<TlsClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(
        std::make_unique<TlsClient>(server.test.addresses.front()));
    CHECK(clients.back()->Get("/").complete);
    REQUIRE(server.Renew(NewConfig()));
  }
  for (std::size_t i = 0; i < 4; ++i) CHECK(clients[i]->IsEnded());
  server.WaitForOld(4);
  for (std::size_t i = 4; i < 8; ++i) CHECK(clients[i]->Get("/").complete);
  server.WaitForOld(0);
}

TEST_CASE("TLS renewal: a long response is completed in an old generation") {
  const std::string text(8 << 20, 'x');
  RenewedServer server([&](const HttpRequest&) { return Text(text); },
                       kIdleEnds);
  auto slow = server.Connect();
  slow.Send(kAsk);
  REQUIRE(slow.Receive());
  for (int i = 0; i < 8; ++i) REQUIRE(server.Renew(NewConfig()));
  CHECK(server.Old() == 1);
  CHECK(slow.ReadReply().body == text);
  CHECK(slow.IsEnded());
  server.WaitForOld(0);
}

TEST_CASE("TLS renewal: a connection is not idle before its client has read") {
  // More than the client's kernel takes, less than the server's holds as well.
  const std::string text(200 << 10, 'x');
  RenewedServer server([&](const HttpRequest&) { return Text(text); },
                       kIdleEnds);
  auto slow = server.Connect();
  slow.Send(kAsk);
  REQUIRE(slow.Receive());
  auto idle = server.Connect();
  CHECK(idle.Get("/").complete);
  REQUIRE(server.Renew(NewConfig()));
  CHECK(idle.IsEnded());
  for (int look = 0; look < 10; ++look) REQUIRE(server.Old() == 1);
  CHECK(slow.ReadReply().body == text);
  CHECK(slow.IsEnded());
  server.WaitForOld(0);
}

TEST_CASE("TLS renewal: a deferred request is answered, or ends at the stop") {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::function<void(HttpStep)>> laters;
  auto server = std::make_unique<RenewedServer>(
      [&](const HttpRequest& request) -> std::optional<HttpResponse> {
        const std::lock_guard lock(mutex);
        laters.push_back(request.later);
        changed.notify_all();
        return std::nullopt;
      });
  auto first = server->Connect();
  auto second = server->Connect();
  first.Send(kAsk);
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return laters.size() == 1; });
  second.Send(kAsk);
  changed.wait(lock, [&] { return laters.size() == 2; });
  lock.unlock();
  for (int i = 0; i < 8; ++i) REQUIRE(server->Renew(NewConfig()));
  CHECK(server->Old() == 1);
  laters[0]([] { return Text("at last"); });
  const auto reply = first.ReadReply();
  CHECK(reply.body == "at last");
  CHECK(reply.Has("Connection: close"));
  server.reset();
  CHECK(second.IsClosed());
  laters[1]([] { return Text("too late"); });
}

TEST_CASE("TLS renewal: no request fails under a running load") {
  RenewedServer server(&SayPath, kIdleEnds);
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        auto client = server.Connect();
        bool is_last = !client.connected();
        failed += is_last;
        while (!is_last && !stop) {
          const auto reply = client.Get("/load");
          failed += reply.body != "/load";
          ++answered;
          is_last = !reply.complete || reply.Has("Connection: close");
        }
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    const int before = answered;
    CHECK(server.Renew(NewConfig()));
    while (answered < before + 20 && failed == 0) std::this_thread::yield();
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(failed == 0);
  server.WaitForOld(0);
}

}  // namespace ipfs_peer_exporter
