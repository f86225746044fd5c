#include "exporter/net/http_client.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/exporter/scoped.h"
#include "tests/exporter/tiny_server.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Fetched {
  int status = 0;
  std::string body;
  std::string stream_error;
  std::string reason;  // of the error; empty without an error
  std::string message;
};

struct Asking {
  std::string path = "/";
  bool post = false;
  Duration timeout = seconds(10);
  std::size_t max_announced = 1 << 20;
  std::size_t max_read = 1 << 20;
};

// Makes one call in a loop of its own.
Fetched Fetch(const HttpAddress& address, const Asking& asking = {}) {
  EventLoop loop;
  HttpClient client(loop);
  Fetched fetched;
  int done = 0;
  client.Start({.address = address,
                .path = asking.path,
                .post = asking.post,
                .timeout = asking.timeout,
                .max_bytes = asking.max_announced,
                .on_body = [&](int status, std::string_view bytes) -> Status {
                  CHECK(status > 0);
                  fetched.body += bytes;
                  if (fetched.body.size() <= asking.max_read) return Ok();
                  return Error{Reason::kTooLarge, "enough"};
                },
                .done =
                    [&](const HttpResult& result) {
                      ++done;
                      fetched.status = result.status;
                      fetched.stream_error = result.stream_error;
                      if (result.error) {
                        fetched.reason = Name(result.error->reason);
                        fetched.message = result.error->message;
                      }
                      loop.Stop();
                    }});
  loop.Run();
  CHECK(done == 1);
  return fetched;
}

Fetched Fetch(const TinyServer& server, const Asking& asking = {}) {
  return Fetch(HttpAddress{server.url(), "", ""}, asking);
}

// A server that answers each request with these bytes and closes.
TinyServer::Talk Says(std::string bytes) {
  return [bytes = std::move(bytes)](int fd) {
    ReceiveRequest(fd);
    SendAll(fd, bytes);
  };
}

std::string Reply(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

constexpr char kChunked[] =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    "Trailer: X-Stream-Error\r\n\r\n";

TEST_CASE("http_client: a reply") {
  const TinyServer server(Says(Reply("hello")));
  const auto fetched = Fetch(server);
  CHECK(fetched.reason == "");
  CHECK(fetched.status == 200);
  CHECK(fetched.body == "hello");
  CHECK(fetched.stream_error == "");
}

TEST_CASE("http_client: a reply without a length ends with its connection") {
  const TinyServer server(Says("HTTP/1.1 200 OK\r\n\r\nhello"));
  CHECK(Fetch(server).body == "hello");
}

TEST_CASE("http_client: an error status is a reply with a body") {
  const TinyServer server(
      Says("HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\nwhy"));
  const auto fetched = Fetch(server);
  CHECK(fetched.reason == "");
  CHECK(fetched.status == 500);
  CHECK(fetched.body == "why");
}

TEST_CASE("http_client: a redirect is reported and not followed") {
  for (const std::string status : {"301", "302", "303", "307", "308"}) {
    CAPTURE(status);
    const TinyServer server(
        Says("HTTP/1.1 " + status +
             " Moved\r\nlocation:  http://127.0.0.1:1/metrics/ \r\n"
             "Content-Length: 4\r\n\r\nbody"));
    const auto fetched = Fetch(server);
    CHECK(fetched.reason == "http_status");
    CHECK(fetched.message ==
          "HTTP " + status +
              ": moved to http://127.0.0.1:1/metrics/; redirects are not "
              "followed");
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("http_client: a long redirect target is shortened") {
  const TinyServer server(Says("HTTP/1.1 307 Moved\r\nLocation: /" +
                               std::string(5000, 'x') +
                               "\r\nContent-Length: 0\r\n\r\n"));
  CHECK(Fetch(server).message == "HTTP 307: moved to /" +
                                     std::string(199, 'x') +
                                     "…; redirects are not followed");
}

TEST_CASE("http_client: a Location without a redirect is ignored") {
  for (const std::string status : {"200", "201", "304", "500"}) {
    CAPTURE(status);
    const TinyServer server(Says("HTTP/1.1 " + status +
                                 " X\r\nLocation: /a\r\n"
                                 "Content-Length: 0\r\n\r\n"));
    CHECK(Fetch(server).reason == "");
  }
}

TEST_CASE("http_client: a content coding that was not requested") {
  for (const std::string coding : {"gzip", "br", "zstd"}) {
    CAPTURE(coding);
    const TinyServer server(Says("HTTP/1.1 200 OK\r\ncontent-encoding: " +
                                 coding + "\r\nContent-Length: 1\r\n\r\nx"));
    const auto fetched = Fetch(server);
    CHECK(fetched.reason == "parse");
    CHECK(fetched.message ==
          "the body is " + coding + ", which was not asked for");
    CHECK(fetched.body == "");
  }
  const TinyServer plain(
      Says("HTTP/1.1 200 OK\r\nContent-Encoding: Identity"
           "\r\nContent-Length: 1\r\n\r\nx"));
  CHECK(Fetch(plain).body == "x");
  const TinyServer denied(
      Says("HTTP/1.1 403 No\r\nContent-Encoding: gzip"
           "\r\nContent-Length: 1\r\n\r\nx"));
  CHECK(Fetch(denied).status == 403);
}

TEST_CASE("http_client: the request line and headers") {
  std::string request;
  {
    const TinyServer server([&request](int fd) {
      request = ReceiveRequest(fd);
      SendAll(fd, Reply(""));
    });
    Fetch(server, {.path = "/api/v0/version?a=b&c", .post = true});
  }
  CHECK(request.starts_with("POST /api/v0/version?a=b&c HTTP/1.1\r\n"));
  CHECK(request.find("\r\nContent-Length: 0\r\n") != std::string::npos);
  CHECK(request.find("\r\nUser-Agent: ipfs_peer_exporter/") !=
        std::string::npos);
  CHECK(request.find("\r\nAuthorization:") == std::string::npos);
  CHECK(request.find("\r\nExpect:") == std::string::npos);
}

TEST_CASE("http_client: without post it is a GET") {
  std::string request;
  {
    const TinyServer server([&request](int fd) {
      request = ReceiveRequest(fd);
      SendAll(fd, Reply(""));
    });
    Fetch(server, {.path = "/stats"});
  }
  CHECK(request.starts_with("GET /stats HTTP/1.1\r\n"));
}

TEST_CASE("http_client: over a Unix socket") {
  const ScopedFolder folder;
  const TinyServer server(folder.File("api.sock"), Says(Reply("hello")));
  const HttpAddress address{"http://localhost", folder.File("api.sock"), ""};
  CHECK(Fetch(address).body == "hello");
}

TEST_CASE("http_client: nothing listens") {
  std::string url;
  {
    const TinyServer gone(Says(""));
    url = gone.url();
  }
  const auto fetched = Fetch(HttpAddress{url, "", ""});
  CHECK(fetched.reason == "connect");
  CHECK(fetched.status == 0);
  CHECK(fetched.message.find("127.0.0.1") != std::string::npos);
}

TEST_CASE("http_client: a missing socket, or one without a listener") {
  const ScopedFolder folder;
  const auto missing = Fetch({"http://localhost", folder.File("none"), ""});
  CHECK(missing.reason == "connect");
  CHECK(missing.message.find("No such file") != std::string::npos);
  std::ofstream(folder.File("file")) << "no socket";
  CHECK(Fetch({"http://localhost", folder.File("file"), ""}).reason ==
        "connect");
  { const TinyServer gone(folder.File("gone"), Says("")); }
  CHECK(Fetch({"http://localhost", folder.File("gone"), ""}).reason ==
        "connect");
}

TEST_CASE("http_client: connecting waits while the queue is full") {
  const ScopedFolder folder;
  const auto path = folder.File("api.sock");
  const FullListener listener(path);
  const auto start = Clock::now();
  const auto fetched =
      Fetch({"http://localhost", path, ""}, {.timeout = milliseconds(100)});
  CHECK(fetched.reason == "timeout");
  CHECK(fetched.message == path + ": the listener's queue is full");
  CHECK((Clock::now() - start >= milliseconds(100)));
}

TEST_CASE("http_client: a queued connection is answered") {
  const ScopedFolder folder;
  const auto path = folder.File("api.sock");
  const FullListener listener(path);
  EventLoop loop;
  HttpClient client(loop);
  std::thread server;
  // By then it has been turned away at least once.
  loop.At(Clock::now() + milliseconds(20), [&] {
    close(listener.Accept());
    server = std::thread([&] {
      const int fd = listener.Accept();
      ReceiveRequest(fd);
      SendAll(fd, Reply("hello"));
      close(fd);
    });
  });
  std::string body;
  client.Start({.address = {"http://localhost", path, ""},
                .path = "/",
                .timeout = seconds(10),
                .max_bytes = 100,
                .on_body =
                    [&](int, std::string_view bytes) {
                      body += bytes;
                      return Ok();
                    },
                .done =
                    [&](const HttpResult& result) {
                      CHECK_FALSE(result.error);
                      loop.Stop();
                    }});
  loop.Run();
  server.join();
  CHECK(body == "hello");
}

TEST_CASE("http_client: a call waiting to connect ends with the client") {
  const ScopedFolder folder;
  const FullListener listener(folder.File("api.sock"));
  EventLoop loop;
  bool called = false;
  {
    HttpClient client(loop);
    client.Start({.address = {"http://localhost", folder.File("api.sock"), ""},
                  .path = "/",
                  .timeout = seconds(10),
                  .max_bytes = 100,
                  .on_body = [](int, std::string_view) { return Ok(); },
                  .done = [&](const HttpResult&) { called = true; }});
    loop.At(Clock::now() + milliseconds(10), [&] { loop.Stop(); });
    loop.Run();
  }
  CHECK_FALSE(called);
}

TEST_CASE("http_client: the path of a socket is too long") {
  const std::string path = "/" + std::string(200, 'x');
  CHECK(Fetch({"http://localhost", path, ""}).reason == "connect");
}

TEST_CASE("http_client: the reasons for broken replies") {
  struct Row {
    std::string bytes;
    std::string reason;
  };
  const std::string chunked = kChunked;
  const Row rows[] = {
      {"", "connect"},  // closes without a byte
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "stream"},
      {chunked + "5\r\nhal", "stream"},
      {chunked + "5\r\nhello\r\n", "stream"},
      {chunked + "x\r\nhello\r\n", "stream"},
      {"hello, this is no HTTP\r\n\r\n", "parse"},
      {"SSH-2.0-OpenSSH_9.2\r\n", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    const TinyServer server(Says(row.bytes));
    const auto fetched = Fetch(server);
    CHECK(fetched.reason == row.reason);
    CHECK(fetched.message != "");
  }
}

TEST_CASE("http_client: the error in a trailer") {
  struct Row {
    std::string trailer;
    std::string error;
  };
  const Row rows[] = {
      {"", ""},
      {"X-Stream-Error: it stopped\r\n", "it stopped"},
      {"x-stream-error:it stopped  \r\n", "it stopped"},
      {"X-Stream-Error:\r\n", ""},
      {"X-Other: it stopped\r\n", ""},
      {"X-Stream-Error: " + std::string(2000, 'x') + "\r\n",
       std::string(1024, 'x')},
  };
  for (const auto& row : rows) {
    CAPTURE(row.trailer);
    const TinyServer server(
        Says(kChunked + ("5\r\nhello\r\n0\r\n" + row.trailer + "\r\n")));
    const auto fetched = Fetch(server);
    CHECK(fetched.reason == "");
    CHECK(fetched.body == "hello");
    CHECK(fetched.stream_error == row.error);
  }
}

TEST_CASE("http_client: a server that hangs causes a timeout") {
  const std::string beginnings[] = {
      "", "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"};
  for (const auto& beginning : beginnings) {
    CAPTURE(beginning);
    const TinyServer server([&beginning](int fd) {
      SendAll(fd, beginning);
      AwaitClose(fd);
    });
    const auto start = Clock::now();
    CHECK(Fetch(server, {.timeout = milliseconds(100)}).reason == "timeout");
    CHECK((Clock::now() - start >= milliseconds(99)));
  }
}

TEST_CASE("http_client: an error of the reader ends the exchange with it") {
  const TinyServer server(Says(Reply(std::string(100'000, 'x'))));
  const auto fetched = Fetch(server, {.max_read = 1000});
  CHECK(fetched.reason == "too_large");
  CHECK(fetched.message == "enough");
  CHECK(fetched.status == 200);
}

TEST_CASE("http_client: a body announced as too large is not read") {
  const TinyServer server([](int fd) {
    ReceiveRequest(fd);
    SendAll(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nx");
    AwaitClose(fd);
  });
  const auto fetched = Fetch(server, {.max_announced = 1000});
  CHECK(fetched.reason == "too_large");
  CHECK(fetched.body == "");
}

TEST_CASE("http_client: a body may announce the maximum length") {
  const TinyServer server(Says(Reply(std::string(1000, 'x'))));
  CHECK(Fetch(server, {.max_announced = 1000}).body.size() == 1000);
}

TEST_CASE("http_client: a redirect is not followed") {
  const TinyServer target(Says(Reply("secret")));
  const TinyServer server(
      Says("HTTP/1.1 302 Found\r\nLocation: " + target.url() +
           "/\r\nContent-Length: 0\r\n\r\n"));
  CHECK(Fetch(server).status == 302);
  CHECK(target.connections() == 0);
}

TEST_CASE("http_client: proxies of the environment are ignored") {
  const TinyServer proxy(Says(Reply("from the proxy")));
  const TinyServer server(Says(Reply("from the server")));
  const ScopedEnv lower("http_proxy", proxy.url());
  const ScopedEnv all("ALL_PROXY", proxy.url());
  CHECK(Fetch(server).body == "from the server");
  CHECK(proxy.connections() == 0);
}

TEST_CASE("http_client: only http and https") {
  const ScopedFolder folder;
  std::ofstream(folder.File("stats")) << "secret";
  const auto fetched =
      Fetch({"file://" + folder.path(), "", ""}, {.path = "/stats"});
  CHECK(fetched.reason != "");
  CHECK(fetched.body == "");
}

TEST_CASE("http_client: interim responses are skipped") {
  const TinyServer server(Says("HTTP/1.1 100 Continue\r\n\r\n" + Reply("x")));
  const auto fetched = Fetch(server);
  CHECK(fetched.status == 200);
  CHECK(fetched.body == "x");
}

TEST_CASE("http_client: two calls share one connection") {
  const TinyServer server([](int fd) {
    while (!ReceiveRequest(fd).empty()) SendAll(fd, Reply("x"));
  });
  {
    EventLoop loop;
    HttpClient client(loop);
    int done = 0;
    const std::function<void()> ask = [&] {
      client.Start({.address = {server.url(), "", ""},
                    .path = "/",
                    .timeout = seconds(10),
                    .max_bytes = 100,
                    .on_body = [](int, std::string_view) { return Ok(); },
                    .done =
                        [&](const HttpResult& result) {
                          CHECK(result.status == 200);
                          if (++done == 2) return loop.Stop();
                          ask();
                        }});
    };
    ask();
    loop.Run();
    CHECK(done == 2);
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("http_client: a call that is under way ends with the client") {
  const TinyServer server(AwaitClose);
  EventLoop loop;
  bool called = false;
  {
    HttpClient client(loop);
    client.Start({.address = {server.url(), "", ""},
                  .path = "/",
                  .timeout = seconds(10),
                  .max_bytes = 100,
                  .on_body = [](int, std::string_view) { return Ok(); },
                  .done = [&](const HttpResult&) { called = true; }});
    loop.At(Clock::now() + milliseconds(10), [&] { loop.Stop(); });
    loop.Run();
  }
  CHECK_FALSE(called);
}

TEST_CASE("http_client: a call that is cancelled closes its connection") {
  // It takes the next connection only when the one before is closed.
  const TinyServer server([](int fd) {
    if (ReceiveRequest(fd).starts_with("GET /hangs")) return AwaitClose(fd);
    SendAll(fd, Reply("x"));
  });
  EventLoop loop;
  HttpClient client(loop);
  std::string ended;
  const auto start = [&](const std::string& path) {
    return client.Start({.address = {server.url(), "", ""},
                         .path = path,
                         .timeout = seconds(60),
                         .max_bytes = 100,
                         .on_body = [](int, std::string_view) { return Ok(); },
                         .done =
                             [&, path](const HttpResult&) {
                               ended += path;
                               loop.Stop();
                             }});
  };
  const auto hangs = start("/hangs");
  loop.At(Clock::now() + milliseconds(10), [&] {
    client.Cancel(hangs);
    client.Cancel(hangs);  // no error
    start("/answers");
  });
  loop.Run();
  CHECK(ended == "/answers");
}

}  // namespace
}  // namespace ipfs_peer_exporter
