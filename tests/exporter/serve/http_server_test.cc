#include "exporter/serve/http_server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "exporter/serve/listen_socket.h"
#include "exporter/serve/mhd_headers.h"
#include "tests/exporter/ipv6.h"
#include "tests/exporter/serve/test_server.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;

// Answers with the request, line by line.
HttpResponse Echo(const HttpRequest& request) {
  std::string text = "path=" + std::string(request.path) + "\n";
  for (const auto& [name, value] : request.query) {
    text += name + "=" + value + "\n";
  }
  if (!request.accept.empty()) text += "accept: " + request.accept + "\n";
  if (!request.accept_encoding.empty()) {
    text += "coding: " + request.accept_encoding + "\n";
  }
  return Text(std::move(text));
}

std::string Repeat(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::size_t CountLines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// For limits that a test is not about.
constexpr milliseconds kNever = std::chrono::hours(1);

// For a limit that one client waits for while another has to keep within it,
// on a busy machine too.
constexpr milliseconds kSoon{2000};

}  // namespace

TEST_CASE("GET is answered with length, type and body") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  const Reply reply = client.Get("/metrics");
  CHECK(reply.StatusLine() == "HTTP/1.1 200 OK");
  CHECK(reply.Has("Content-Type: text/plain; charset=utf-8"));
  CHECK(reply.Has("X-Content-Type-Options: nosniff"));
  CHECK(reply.Has("Cache-Control: no-store"));
  CHECK(reply.Has("Content-Length: " + std::to_string(reply.body.size())));
  CHECK(reply.head.find("Vary") == std::string::npos);
  CHECK(reply.body == "path=/metrics\n");
}

TEST_CASE("status and headers come from the handler") {
  const TestServer server([](const HttpRequest&) {
    HttpResponse response = Text("squeezed");
    response.status = 404;
    response.content_type = "application/x-test";
    response.gzip = true;
    response.may_be_gzip = true;
    response.headers = {{"Allow", "POST"}, {"Retry-After", "1"}};
    return response;
  });
  const Reply reply = server.Connect().Get("/");
  CHECK(reply.StatusLine() == "HTTP/1.1 404 Not Found");
  CHECK(reply.Has("Content-Type: application/x-test"));
  CHECK(reply.Has("Content-Encoding: gzip"));
  CHECK(reply.Has("Vary: Accept-Encoding"));
  CHECK(reply.Has("Allow: POST"));
  CHECK(reply.Has("Retry-After: 1"));
  CHECK(reply.body == "squeezed");
}

TEST_CASE("HEAD gets the length of the body without it") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  client.Send("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply head = client.ReadReply(/*with_body=*/false);
  CHECK(head.StatusLine() == "HTTP/1.1 200 OK");
  const Reply get = client.Get("/metrics");  // begins right after the header
  CHECK(get.StatusLine() == "HTTP/1.1 200 OK");
  CHECK(head.Has("Content-Length: " + std::to_string(get.body.size())));
}

TEST_CASE("a request with a body is rejected without reading it") {
  const TestServer server(&Echo);
  for (const std::string method : {"GET", "HEAD", "POST", "PUT", "BREW"}) {
    for (const std::string body : {
             "Content-Length: 5\r\n\r\nhello",
             "Content-Length: 9999999\r\n\r\n",
             "Transfer-Encoding: chunked\r\n\r\n",
             "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
         }) {
      CAPTURE(method);
      CAPTURE(body);
      Client client = server.Connect();
      client.Send(method + " / HTTP/1.1\r\nHost: x\r\n" + body);
      const Reply reply = client.ReadReply(/*with_body=*/method != "HEAD");
      CHECK(reply.StatusLine() == "HTTP/1.1 413 Content Too Large");
      CHECK(reply.Has("Connection: close"));
      if (method == "HEAD") continue;
      CHECK(reply.body == "A request must not have a body.\n");
      CHECK(client.IsClosed());
    }
  }
}

TEST_CASE("the handler sees every method") {
  const TestServer server([](const HttpRequest& request) {
    return Text(std::string(request.method));
  });
  Client client = server.Connect();
  for (const std::string method : {"GET", "POST", "PUT", "BREW", "get"}) {
    CAPTURE(method);
    for (const std::string length : {"", "Content-Length: 0\r\n"}) {
      client.Send(method + " / HTTP/1.1\r\nHost: x\r\n" + length + "\r\n");
      CHECK(client.ReadReply().body == method);
    }
  }
}

TEST_CASE("invalid HTTP is rejected with one response") {
  const TestServer server(&Echo, {.first_request = kNever});
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string host = line + "Host: x\r\n";
  using namespace std::string_literals;
  struct Row {
    std::string request;
    std::string says;
  };
  const std::string name = "A header name is empty or";
  const std::string misread = "A header has no name, holds a NUL byte";
  const std::string number = "Content-Length is not a number";
  const Row rows[] = {
      {line + "\r\n", "The Host header is missing"},
      {line + "X: y\r\n\r\n", "The Host header is missing"},
      {"GET http://x/ HTTP/1.1\r\n\r\n", "The Host header is missing"},
      {host + "Host: x\r\n\r\n", "There is more than one Host"},
      {host + "host: y\r\n\r\n", "There is more than one Host"},
      {"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
       "There is more than one Host"},
      {line + "Host: a/b\r\n\r\n", "The Host header is not a host"},
      {line + "Host: a, b\r\n\r\n", "The Host header is not a host"},
      {host + "X : y\r\n\r\n", name},
      {host + "X\t: y\r\n\r\n", name},
      {host + "Content-Length : 3\r\n\r\nabc", name},
      {host + " X: folded\r\n\r\n", "A header "},
      {line + " X: y\r\nHost: x\r\n\r\n", name},
      {host + "X(1): y\r\n\r\n", name},
      {host + "\xe9: y\r\n\r\n", name},
      {line + ": y\r\nHost: x\r\n\r\n", name},
      {host + ": y\r\n\r\n", misread},
      {host + ":\r\n\r\n", misread},
      {host + ": y\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", misread},
      {host + "X: y\r\n z\r\n\r\n", misread},
      {host + "X: y\r\n\tz\r\nAccept: *\r\n\r\n", misread},
      {host + "X: y\0z\r\n\r\n"s, misread},
      {host + "X: y\0z\r\nAccept: *\r\n\r\n"s, misread},
      {host + "X: y\x01z\r\n\r\n", "The value of a header holds a control"},
      {host + "X: y\rz: a\x7f\r\n\r\n",
       "The value of a header holds a control"},
      {host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
       "The Content-Length headers differ"},
      {host + "Content-Length: 0\r\ncontent-length: 4\r\n\r\nabc",
       "The Content-Length headers differ"},
      {host + "Content-Length: x\r\n\r\n", number},
      {host + "Content-Length:\r\n\r\n", number},
      {host + "Content-Length: -1\r\n\r\n", number},
      {host + "Content-Length: +1\r\n\r\na", number},
      {host + "Content-Length: 1, 1\r\n\r\na", number},
      {host +
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       "A body may be chunked only once"},
      {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
       "The target of the request is not a path"},
      {"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n",
       "The target of the request is not a path"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.request);
    const auto answer = server.Connect().Send(row.request).ReadToEnd();
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(answer.rfind("HTTP/1.1") == 0);  // and nowhere else
    CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
    if (MhdIsStrict()) continue;  // it has words of its own
    CHECK(answer.find("\r\n\r\n" + row.says) != std::string::npos);
    CHECK(answer.ends_with(".\n"));
  }
}

TEST_CASE("an unknown transfer coding is a 501") {
  const TestServer server(&Echo);
  for (const std::string coding : {"gzip", "gzip, chunked", "identity", ""}) {
    CAPTURE(coding);
    Client client = server.Connect();
    client.Send("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding +
                "\r\n\r\n");
    const Reply reply = client.ReadReply();
    CHECK(reply.StatusLine() == (MhdIsStrict()
                                     ? "HTTP/1.1 400 Bad Request"
                                     : "HTTP/1.1 501 Not Implemented"));
    CHECK(client.IsClosed());
  }
}

TEST_CASE("valid HTTP is answered") {
  const TestServer server(&Echo);
  for (const std::string request : {
           "GET /a HTTP/1.0\r\n\r\n",
           "GET /a HTTP/1.0\r\nHost: x\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost:\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost:\t x \t\r\nX:\r\n\r\n",
           "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost: x\r\nX: \xc3\xa9\t!\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
           "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
           "Content-Length: 0\r\n\r\n",
           "GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET HTTPS://y:80/%61 HTTP/1.1\r\nHost: x\r\n\r\n",
       }) {
    CAPTURE(request);
    const Reply reply = server.Connect().Send(request).ReadReply();
    CHECK(reply.StatusLine() == "HTTP/1.1 200 OK");
    CHECK(reply.body == "path=/a\n");
  }
}

TEST_CASE("requests that only the older library answers") {
  if (MhdIsStrict()) return;
  const TestServer server(&Echo);
  for (const std::string request :
       {"GET /a HTTP/1.1\nHost: x\nX: y\n\n",
        "\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    CAPTURE(request);
    Client client = server.Connect();
    CHECK(client.Send(request).ReadReply().body == "path=/a\n");
  }
}

TEST_CASE("a target is a path or a URL") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  CHECK(client.Get("http://y").body == "path=/\n");
  CHECK(client.Get("http://y?a=b").body == "path=/\na=b\n");
  CHECK(client.Get("http://y/?a=http://z/").body == "path=/\na=http://z/\n");
  CHECK(client.Get("/http://y/").body == "path=/http://y/\n");
  CHECK(client.Get("/a%00b").body == std::string("path=/a\0b\n", 10));
  for (const std::string target :
       {"*", "metrics", "ftp://y/", "http:/y", "?"}) {
    CAPTURE(target);
    CHECK(client.Get(target).StatusLine() == "HTTP/1.1 400 Bad Request");
  }
}

TEST_CASE("no response repeats a header") {
  const TestServer server(&Echo);
  for (const std::string request :
       {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"}) {
    CAPTURE(request);
    const auto head = server.Connect().Send(request).ReadReply().head;
    std::set<std::string> names;
    for (auto at = head.find("\r\n"); at + 2 < head.size();
         at = head.find("\r\n", at + 2)) {
      const auto name = head.substr(at + 2, head.find(':', at) - at - 2);
      CAPTURE(name);
      CHECK(names.insert(name).second);
    }
    CHECK(names.contains("Date"));
  }
}

TEST_CASE("a connection is kept for the next request") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  for (int i = 0; i < 100; ++i) {
    REQUIRE(client.Get("/" + std::to_string(i)).body ==
            "path=/" + std::to_string(i) + "\n");
  }
  client.Send(Repeat("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", 20));
  for (int i = 0; i < 20; ++i) {
    CHECK(client.ReadReply().body == "path=/again\n");
  }
  client.Send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.ReadReply().complete);
  CHECK(client.IsClosed());
}

TEST_CASE("one thread serves several listeners of both families" *
          doctest::skip(!HasIpv6())) {
  const TestServer server(&Echo, {}, {"127.0.0.1", "[::1]", "127.0.0.1"});
  for (const std::string& address : server.addresses) {
    CAPTURE(address);
    CHECK(Client(address).Get("/").StatusLine() == "HTTP/1.1 200 OK");
  }
}

TEST_CASE("a request may come byte by byte") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  for (
      const char c : std::string_view(
          "GET /metrics?a=b HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\n\r\n")) {
    client.Send({&c, 1});
  }
  CHECK(client.ReadReply().body == "path=/metrics\na=b\naccept: text/plain\n");
}

TEST_CASE("arguments are decoded and keep their order") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  CHECK(
      client
          .Get(
              "/a%20b?collect[]=ipfs.swarm&collect%5B%5D=ipfs%2Erepo&collect%5b%5D=a+b")
          .body ==
      "path=/a b\ncollect[]=ipfs.swarm\ncollect[]=ipfs.repo\n"
      "collect[]=a b\n");
  CHECK(client.Get("/?x&&y=&=z&a=b=c&%zz=%&?=%3F#f").body ==
        "path=/\nx=\ny=\n=z\na=b=c\n%zz=%\n?=?#f\n");
  CHECK(client.Get("/?").body == "path=/\n");
  CHECK(client.Get("/?a=1%002").body ==
        std::string("path=/\na=1\0", 11) + "2\n");
}

TEST_CASE("Accept and Accept-Encoding arrive, several headers as one list") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  CHECK(client.Get("/", "accept-encoding: br\r\nACCEPT-ENCODING: gzip\r\n")
            .body == "path=/\ncoding: br, gzip\n");
  CHECK(client.Get("/", "Accept: a/b;q=0.5\r\naccept: */*\r\n").body ==
        "path=/\naccept: a/b;q=0.5, */*\n");
}

TEST_CASE("Vary names what the answer depends on") {
  struct Row {
    bool gzip, formats;
    std::string line;
  };
  const Row rows[] = {{true, true, "Vary: Accept, Accept-Encoding"},
                      {true, false, "Vary: Accept-Encoding"},
                      {false, true, "Vary: Accept"}};
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const TestServer server([&row](const HttpRequest&) {
      auto response = Text("x");
      response.may_be_gzip = row.gzip;
      response.has_formats = row.formats;
      return response;
    });
    CHECK(server.Connect().Get("/").Has(row.line));
  }
}

TEST_CASE("a long body arrives whole, also at a slow reader's") {
  std::string long_text;
  while (long_text.size() < 4'000'000) {
    long_text += std::to_string(long_text.size()) + ' ';
  }
  const TestServer server(
      [&long_text](const HttpRequest&) { return Text(long_text); });
  Client slow = server.Connect();
  slow.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(slow.Receive());
  CHECK(server.Connect().Get("/").body == long_text);
  CHECK(slow.ReadReply().body == long_text);
}

TEST_CASE("a body is kept until it is sent") {
  std::mutex mutex;
  auto page = std::make_shared<const std::string>(std::string(8 << 20, 'a'));
  const TestServer server([&mutex, &page](const HttpRequest&) {
    HttpResponse response;
    const std::lock_guard lock(mutex);
    response.body = page;
    return response;
  });
  Client client = server.Connect();
  client.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(client.Receive());  // more than the sockets hold is still to come
  {
    const std::lock_guard lock(mutex);
    page = std::make_shared<const std::string>(std::string(8 << 20, 'b'));
  }
  CHECK(client.ReadReply().body == std::string(8 << 20, 'a'));
  CHECK(client.Get("/").body == std::string(8 << 20, 'b'));
}

TEST_CASE("many clients at once") {
  const TestServer server(&Echo);
  std::vector<std::thread> threads;
  std::vector<int> answered(20, 0);
  for (int& count : answered) {
    threads.emplace_back([&server, &count] {
      Client client = server.Connect();
      for (int i = 0; i < 200; ++i) {
        count += client.Get("/metrics").body == "path=/metrics\n";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == std::vector<int>(20, 200));
}

TEST_CASE("a request that is too long is rejected") {
  const TestServer server(&Echo);
  CHECK(server.Connect().Get("/" + std::string(20'000, 'x')).StatusLine() ==
        "HTTP/1.1 414 URI Too Long");
  CHECK(server.Connect()
            .Get("/", "X: " + std::string(20'000, 'x') + "\r\n")
            .StatusLine() == "HTTP/1.1 431 Request Header Fields Too Large");
  CHECK(server.Connect().Get("/", Repeat("X: y\r\n", 2000)).StatusLine() ==
        "HTTP/1.1 431 Request Header Fields Too Large");
  CHECK(server.Connect().Get("/").StatusLine() == "HTTP/1.1 200 OK");
}

TEST_CASE("thousands of arguments are answered") {
  const TestServer server(&Echo);
  Client client = server.Connect();
  for (const std::string argument : {"a&", "a=b&"}) {
    const Reply reply = client.Get("/?" + Repeat(argument, 2000));
    CHECK(reply.StatusLine() == "HTTP/1.1 200 OK");
    CHECK(CountLines(reply.body) == 2000 + 1);
  }
}

TEST_CASE("no request makes a connection hang") {
  const TestServer server(&Echo, {.first_request = kNever});
  const std::string end = " HTTP/1.1\r\nConnection: close\r\n\r\n";
  for (const std::string& request : {
           std::string("nonsense\r\n\r\n"),
           std::string("GET\r\n\r\n"),
           std::string("GET /\r\n\r\n"),
           std::string("GET / HTTP/2.0\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"),
           std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", 13),
           // The memory of the connection is gone before the arguments come.
           Repeat("\r\n", 7'900) + "GET /?" + Repeat("a&", 50) + end,
           // A NUL byte hides the arguments.
           std::string("GET /\0?", 7) + Repeat("a&", 2000) + end,
       }) {
    CAPTURE(request.substr(0, 40));
    Client client = server.Connect();
    client.Send(request).ReadToEnd();  // answered or not, it ends
  }
  CHECK(server.Connect().Get("/").StatusLine() == "HTTP/1.1 200 OK");
}

TEST_CASE("clients may disconnect early") {
  const TestServer server(
      [](const HttpRequest&) { return Text(std::string(1 << 20, 'x')); });
  for (const std::string request :
       {"", "GET / HTT", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    for (int i = 0; i < 50; ++i) server.Connect().Send(request);
  }
  CHECK(server.Connect().Get("/").complete);
}

TEST_CASE("over the total limit, the oldest silent connection is closed") {
  const TestServer server(&Echo, {.connections = 4,
                                  .connections_per_address = 100,
                                  .first_request = kNever,
                                  .next_request = kNever});
  Client asked = server.Connect();
  CHECK(asked.Get("/").complete);
  std::vector<Client> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(server.Connect());
  for (std::size_t i = 0; i < 17; ++i) {
    CAPTURE(i);
    CHECK(silent[i].IsClosed());
  }
  for (std::size_t i = 17; i < 20; ++i) {
    CHECK(silent[i].Get("/").complete);
  }
  CHECK(asked.Get("/").complete);
}

TEST_CASE(
    "over the total limit, the longest idle is closed if none is silent") {
  const TestServer server(&Echo, {.connections = 3,
                                  .connections_per_address = 100,
                                  .first_request = kNever,
                                  .next_request = kNever});
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.Connect());
    CHECK(clients.back().Get("/").complete);
  }
  CHECK(clients[0].Get("/").complete);
  CHECK(server.Connect().Get("/").complete);
  CHECK(clients[1].IsClosed());
  CHECK(clients[0].Get("/").complete);
  CHECK(clients[2].Get("/").complete);
}

TEST_CASE("one address cannot use the connections of others") {
  const TestServer server(&Echo, {.connections = 100,
                                  .connections_per_address = 2,
                                  .first_request = kNever,
                                  .next_request = kNever});
  Client other = server.Connect("127.0.0.2");
  std::vector<Client> greedy;
  for (int i = 0; i < 20; ++i) greedy.push_back(server.Connect("127.0.0.3"));
  for (std::size_t i = 0; i < 18; ++i) CHECK(greedy[i].IsClosed());
  CHECK(greedy[18].Get("/").complete);
  CHECK(greedy[19].Get("/").complete);
  CHECK(other.Get("/").complete);
  // All connections have sent a request: the longest idle is closed.
  CHECK(server.Connect("127.0.0.3").Get("/").complete);
  CHECK(greedy[18].IsClosed());
  CHECK(greedy[19].Get("/").complete);
}

TEST_CASE("a flood of silent connections does not delay a scrape") {
  const TestServer server(&Echo, {.connections = 16,
                                  .connections_per_address = 16,
                                  .first_request = kNever});
  Client kept = server.Connect();
  CHECK(kept.Get("/").complete);
  std::vector<Client> flood;
  for (int i = 0; i < 500; ++i) flood.push_back(server.Connect());
  CHECK(kept.Get("/").complete);
  CHECK(server.Connect().Get("/").complete);
}

TEST_CASE("a first request has to be complete in time") {
  const TestServer server(&Echo,
                          {.first_request = kSoon, .next_request = kNever});
  const auto start = std::chrono::steady_clock::now();
  Client asked = server.Connect();
  CHECK(asked.Get("/").complete);
  Client silent = server.Connect();
  Client slow = server.Connect();
  slow.Send("GET / HTTP/1.1\r\n");
  while (!slow.HasInput(milliseconds(20))) slow.Send("X: y\r\n");
  CHECK(slow.IsClosed());
  CHECK(silent.IsClosed());
  CHECK(std::chrono::steady_clock::now() - start >= kSoon);
  CHECK(asked.Get("/").complete);
}

TEST_CASE("an idle connection is closed after a timeout") {
  const TestServer server(
      [](const HttpRequest& request) {
        return Text(std::string(request.path == "/long" ? 8 << 20 : 1, 'x'));
      },
      {.first_request = kNever, .next_request = kSoon});
  Client unread = server.Connect();  // never takes the rest of its answer
  unread.Send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(unread.Receive());
  Client idle = server.Connect();
  CHECK(idle.Get("/").complete);
  Client busy = server.Connect();
  while (!idle.HasInput(milliseconds(20))) {
    REQUIRE(busy.Get("/").complete);
  }
  CHECK(busy.Get("/").complete);
  CHECK(idle.IsClosed());
  CHECK(!unread.ReadReply().complete);
}

TEST_CASE("stops with connections open, without waiting for them") {
  auto server = std::make_unique<TestServer>(
      [](const HttpRequest&) { return Text(std::string(8 << 20, 'x')); },
      HttpLimits{.first_request = kNever, .next_request = kNever});
  Client silent = server->Connect();
  Client half = server->Connect();
  half.Send("GET / HT");
  Client reading = server->Connect();
  reading.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(reading.Receive());
  const std::string address = server->addresses.front();

  server.reset();
  CHECK(silent.IsClosed());
  CHECK(half.IsClosed());
  CHECK(!reading.ReadReply().complete);
  const Result<int> again = Listen(address);
  REQUIRE(again);
  close(*again);
}

}  // namespace ipfs_peer_exporter
