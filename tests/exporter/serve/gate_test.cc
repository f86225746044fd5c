#include "exporter/serve/gate.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>

namespace ipfs_peer_exporter {
namespace {

// base64 of alice:right, alice:wrong, bob:right, mallory:right
constexpr char kRight[] = "Basic YWxpY2U6cmlnaHQ=";
constexpr char kWrong[] = "Basic YWxpY2U6d3Jvbmc=";
constexpr char kBob[] = "Basic Ym9iOnJpZ2h0";
constexpr char kMallory[] = "Basic bWFsbG9yeTpyaWdodA==";

HttpResponse Page() {
  HttpResponse response;
  response.body = std::make_shared<const std::string>("page");
  return response;
}

// Steps that requests put off, run on the test's thread.
class Steps {
 public:
  void Put(HttpStep step) {
    const std::lock_guard lock(mutex_);
    steps_.push_back(std::move(step));
    changed_.notify_all();
  }

  // Waits for a step and runs it.
  std::optional<HttpResponse> Run() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !steps_.empty(); });
    auto step = std::move(steps_.front());
    steps_.pop_front();
    lock.unlock();
    return step();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<HttpStep> steps_;
};

struct Gated {
  HttpRequest Request(std::string authorization, unsigned char client = 1) {
    HttpRequest request;
    request.path = "/metrics";
    request.authorization = std::move(authorization);
    request.client = {client};
    request.later = [this](HttpStep step) { steps.Put(std::move(step)); };
    return request;
  }

  // The status of the response, after its check if one is needed.
  int Status(const HttpRequest& request) {
    auto response = gate.Answer(request);
    while (!response) response = steps.Run();
    last = *response;
    return response->status;
  }
  int Status(const char* authorization) {
    return Status(Request(authorization));
  }

  Steps steps;
  std::atomic<int> checks = 0;
  std::atomic<int> with_hash_of_alice = 0;
  HttpResponse last;
  Gate gate{[](const HttpRequest&) { return Page(); },
            [this](const std::string& password, const std::string& hash) {
              ++checks;
              if (hash == "hash:right") ++with_hash_of_alice;
              return "hash:" + password == hash;
            }};
};

WebConfig WithUsers(std::map<std::string, std::string> users) {
  WebConfig config;
  config.users = std::move(users);
  return config;
}

TEST_CASE("gate: open without a configuration") {
  Gated gated;
  CHECK(gated.Status("") == 200);
  CHECK(gated.Status("Basic nonsense") == 200);
}

TEST_CASE("gate: passwords") {
  Gated gated;
  gated.gate.Set(WithUsers({{"alice", "hash:right"}}));
  for (const auto* header : {"", "Bearer a", "Basic ", kWrong, kMallory}) {
    CAPTURE(header);
    CHECK(gated.Status(header) == 401);
    REQUIRE(gated.last.headers.size() == 1);
    CHECK(gated.last.headers[0].first == "WWW-Authenticate");
    CHECK(gated.last.headers[0].second.starts_with("Basic realm="));
  }
  CHECK(gated.Status(kRight) == 200);
}

TEST_CASE("gate: a right password is checked once, a wrong one each time") {
  Gated gated;
  gated.gate.Set(WithUsers({{"alice", "hash:right"}}));
  for (int i = 0; i < 3; ++i) CHECK(gated.Status(kRight) == 200);
  CHECK(gated.checks == 1);
  for (int i = 0; i < 3; ++i) CHECK(gated.Status(kWrong) == 401);
  CHECK(gated.checks == 4);
}

TEST_CASE("gate: an unknown user costs a check, even with a right password") {
  Gated gated;
  gated.gate.Set(WithUsers({{"alice", "hash:right"}}));
  CHECK(gated.Status(kMallory) == 401);
  CHECK(gated.with_hash_of_alice == 1);
}

TEST_CASE("gate: users change") {
  Gated gated;
  gated.gate.Set(WithUsers({{"alice", "hash:right"}}));
  CHECK(gated.Status(kRight) == 200);
  gated.gate.Set(WithUsers({{"alice", "hash:wrong"}}));
  CHECK(gated.Status(kRight) == 401);
  CHECK(gated.Status(kWrong) == 200);
  gated.gate.Set(WithUsers({{"bob", "hash:right"}}));
  CHECK(gated.Status(kRight) == 401);
  CHECK(gated.Status(kBob) == 200);
  gated.gate.Set({});
  CHECK(gated.Status("") == 200);
}

TEST_CASE("gate: users change while a password is checked") {
  for (const bool removed : {false, true}) {
    Gated gated;
    gated.gate.Set(WithUsers({{"alice", "hash:right"}}));
    const auto request = gated.Request(kRight);
    CHECK_FALSE(gated.gate.Answer(request));
    gated.gate.Set(removed ? WebConfig{}
                           : WithUsers({{"alice", "hash:wrong"}}));
    auto response = gated.steps.Run();
    if (!response) response = gated.steps.Run();  // the check against the new
    CHECK(response->status == (removed ? 200 : 401));
  }
}

TEST_CASE("gate: a flood from one address is refused, another gets through") {
  std::promise<void> go;
  Steps steps;
  Gate gate([](const HttpRequest&) { return Page(); },
            [opened = go.get_future().share()](const auto& password,
                                               const auto& hash) {
              opened.wait();
              return "hash:" + password == hash;
            });
  gate.Set(WithUsers({{"alice", "hash:right"}}));
  const auto request = [&](const char* authorization, unsigned char client) {
    HttpRequest made;
    made.path = "/metrics";
    made.authorization = authorization;
    made.client = {client};
    made.later = [&steps](HttpStep step) { steps.Put(std::move(step)); };
    return made;
  };
  const auto wrong = request(kWrong, 1);
  CHECK_FALSE(gate.Answer(wrong));
  for (const auto* flood : {kMallory, kBob, kRight}) {
    CHECK(gate.Answer(request(flood, 1))->status == 429);
  }
  const auto right = request(kRight, 2);
  CHECK_FALSE(gate.Answer(right));
  go.set_value();
  CHECK(steps.Run()->status == 401);
  CHECK(steps.Run()->status == 200);
}

TEST_CASE("gate: the rate limit is one for all, health is exempt") {
  Gated gated;
  WebConfig config = WithUsers({{"alice", "hash:right"}});
  config.rate_limit = {std::chrono::hours(1), 2};
  gated.gate.Set(config);
  CHECK(gated.Status(kRight) == 200);
  CHECK(gated.Status("") == 401);
  CHECK(gated.Status(gated.Request(kRight, 2)) == 429);
  gated.gate.Set(config);  // read again, but not changed: still empty
  CHECK(gated.Status(kRight) == 429);
  for (const auto* path : {"/-/healthy", "/-/ready"}) {
    auto request = gated.Request("");
    request.path = path;
    request.certificate_error = "No certificate was sent.";
    CHECK(gated.Status(request) == 200);
  }
  config.rate_limit->burst = 1;
  gated.gate.Set(config);
  CHECK(gated.Status(kRight) == 200);
  config.rate_limit.reset();
  gated.gate.Set(config);
  CHECK(gated.Status(kRight) == 200);
}

TEST_CASE("gate: a certificate that is not accepted") {
  Gated gated;
  auto request = gated.Request(kRight);
  request.certificate_error = "The certificate has expired.";
  CHECK(gated.Status(request) == 403);
  CHECK(*gated.last.body == "The certificate has expired.\n");
}

TEST_CASE("gate: configured headers replace the page's own") {
  Gated gated;
  WebConfig config;
  config.headers = {{"X-Frame-Options", "sameorigin"},
                    {"X-Content-Type-Options", "nosniff"},
                    {"X-XSS-Protection", "0"}};
  gated.gate.Set(config);
  HttpResponse response;
  response.headers = {{"x-frame-options", "DENY"}, {"Allow", "GET"}};
  gated.gate.AddHeaders(response);
  CHECK(response.headers == std::vector<std::pair<std::string, std::string>>{
                                {"Allow", "GET"},
                                {"X-Frame-Options", "sameorigin"},
                                {"X-XSS-Protection", "0"}});
}

}  // namespace
}  // namespace ipfs_peer_exporter
