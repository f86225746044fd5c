#include "exporter/net/socket_client.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "tests/exporter/scoped.h"
#include "tests/exporter/tiny_server.h"

namespace ipfs_peer_exporter {
namespace {

SocketAddress At(const std::string& path) {
  SocketAddress address;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  std::memcpy(&address.storage, &name, sizeof name);
  address.size = sizeof name;
  address.text = address.unix_socket = path;
  return address;
}

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Read {
  std::string text;
  std::string reason;  // of the error; empty without an error
  std::string message;
};

// One exchange in a loop of its own.
Read ReadFrom(const std::string& path, Duration timeout = seconds(10),
              std::size_t max_bytes = 1 << 20) {
  EventLoop loop;
  SocketClient client(loop);
  Read read;
  int done = 0;
  client.Start({.address = At(path),
                .request = "",
                .timeout = timeout,
                .max_bytes = max_bytes,
                .done = [&](Result<std::string> reply) {
                  ++done;
                  if (reply) {
                    read.text = *reply;
                  } else {
                    read.reason = Name(reply.error().reason);
                    read.message = reply.error().message;
                  }
                  loop.Stop();
                }});
  loop.Run();
  CHECK(done == 1);
  return read;
}

// A peer's socket in a folder of its own.
class Peer {
 public:
  explicit Peer(TinyServer::Talk talk)
      : path_(folder_.File("stats.sock")), server_(path_, std::move(talk)) {}

  const std::string& path() const { return path_; }
  const TinyServer& server() const { return server_; }

 private:
  const ScopedFolder folder_;
  const std::string path_;
  const TinyServer server_;
};

TinyServer::Talk Says(std::string bytes) {
  return [bytes = std::move(bytes)](int fd) { SendAll(fd, bytes); };
}

TEST_CASE("socket_client: reads until the peer closes") {
  const Peer peer(Says("{\"a\":1}"));
  const auto read = ReadFrom(peer.path());
  CHECK(read.reason == "");
  CHECK(read.text == "{\"a\":1}");
}

TEST_CASE("socket_client: many pieces are one reply") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + "\n";
  const Peer peer(Says(text));
  CHECK((ReadFrom(peer.path()).text == text));
}

TEST_CASE("socket_client: a peer that closes without writing") {
  const Peer peer(Says(""));
  const auto read = ReadFrom(peer.path());
  CHECK(read.reason == "");
  CHECK(read.text == "");
}

TEST_CASE("socket_client: a missing socket, or one without a listener") {
  const ScopedFolder folder;
  const auto missing = ReadFrom(folder.File("none"));
  CHECK(missing.reason == "connect");
  CHECK(missing.message.find("No such file") != std::string::npos);
  std::ofstream(folder.File("file")) << "no socket";
  CHECK(ReadFrom(folder.File("file")).reason == "connect");
  { const TinyServer gone(folder.File("gone"), Says("")); }
  CHECK(ReadFrom(folder.File("gone")).reason == "connect");
}

TEST_CASE("socket_client: the path of the socket is too long") {
  CHECK(ReadFrom("/" + std::string(200, 'x')).reason == "connect");
}

TEST_CASE("socket_client: a peer that never answers causes a timeout") {
  const Peer peer(AwaitClose);
  const auto start = Clock::now();
  CHECK(ReadFrom(peer.path(), milliseconds(100)).reason == "timeout");
  CHECK((Clock::now() - start >= milliseconds(99)));
}

TEST_CASE("socket_client: a peer that never closes causes a timeout") {
  const Peer peer([](int fd) {
    SendAll(fd, "{\"a\":1}");
    AwaitClose(fd);
  });
  CHECK(ReadFrom(peer.path(), milliseconds(100)).reason == "timeout");
}

TEST_CASE("socket_client: a reply has at most max_bytes") {
  const Peer exact(Says(std::string(1000, 'x')));
  CHECK(ReadFrom(exact.path(), seconds(10), 1000).text.size() == 1000);
  const auto read = ReadFrom(exact.path(), seconds(10), 999);
  CHECK(read.reason == "too_large");
  CHECK(read.message.find("999") != std::string::npos);
}

TEST_CASE("socket_client: an endless reply is ended") {
  std::atomic<bool> done = false;
  const Peer peer([&done](int fd) {
    while (!done) SendAll(fd, std::string(64 * 1024, 'x'));
  });
  CHECK(ReadFrom(peer.path()).reason == "too_large");
  done = true;
}

TEST_CASE("socket_client: connecting waits while the queue is full") {
  const ScopedFolder folder;
  const auto path = folder.File("stats.sock");
  const FullListener listener(path);
  const auto start = Clock::now();
  const auto read = ReadFrom(path, milliseconds(100));
  CHECK(read.reason == "timeout");
  CHECK(read.message == path + ": the listener's queue is full");
  CHECK((Clock::now() - start >= milliseconds(100)));
}

TEST_CASE("socket_client: a queued connection is answered") {
  const ScopedFolder folder;
  const FullListener listener(folder.File("stats.sock"));
  EventLoop loop;
  SocketClient client(loop);
  std::thread server;
  // By then it has been turned away at least once.
  loop.At(Clock::now() + milliseconds(20), [&] {
    close(listener.Accept());
    server = std::thread([&] {
      const int fd = listener.Accept();
      SendAll(fd, "hello");
      close(fd);
    });
  });
  std::string text;
  client.Start({.address = At(folder.File("stats.sock")),
                .request = "",
                .timeout = seconds(10),
                .max_bytes = 100,
                .done = [&](Result<std::string> reply) {
                  REQUIRE(reply);
                  text = *reply;
                  loop.Stop();
                }});
  loop.Run();
  server.join();
  CHECK(text == "hello");
}

TEST_CASE(
    "socket_client: an exchange waiting to connect ends with the client") {
  const ScopedFolder folder;
  const FullListener listener(folder.File("stats.sock"));
  EventLoop loop;
  bool called = false;
  {
    SocketClient client(loop);
    client.Start({.address = At(folder.File("stats.sock")),
                  .request = "",
                  .timeout = seconds(10),
                  .max_bytes = 100,
                  .done = [&](const Result<std::string>&) { called = true; }});
  }
  loop.At(Clock::now() + milliseconds(20), [&] { loop.Stop(); });
  loop.Run();
  CHECK_FALSE(called);
}

TEST_CASE("socket_client: two exchanges at once") {
  const Peer one(Says("one"));
  const Peer other(Says("other"));
  EventLoop loop;
  SocketClient client(loop);
  std::string texts[2];
  int done = 0;
  const Peer* const peers[] = {&one, &other};
  for (int i = 0; i < 2; ++i) {
    client.Start({.address = At(peers[i]->path()),
                  .request = "",
                  .timeout = seconds(10),
                  .max_bytes = 100,
                  .done = [&, i](Result<std::string> reply) {
                    REQUIRE(reply);
                    texts[i] = *reply;
                    if (++done == 2) loop.Stop();
                  }});
  }
  loop.Run();
  CHECK(texts[0] == "one");
  CHECK(texts[1] == "other");
}

TEST_CASE("socket_client: each exchange is a new connection") {
  const Peer peer(Says("x"));
  CHECK(ReadFrom(peer.path()).text == "x");
  CHECK(ReadFrom(peer.path()).text == "x");
  CHECK(peer.server().connections() == 2);
}

TEST_CASE("socket_client: an exchange under way ends with the client") {
  const Peer peer(AwaitClose);
  EventLoop loop;
  bool called = false;
  {
    SocketClient client(loop);
    client.Start({.address = At(peer.path()),
                  .request = "",
                  .timeout = seconds(10),
                  .max_bytes = 100,
                  .done = [&](const Result<std::string>&) { called = true; }});
    loop.At(Clock::now() + milliseconds(10), [&] { loop.Stop(); });
    loop.Run();
  }
  CHECK_FALSE(called);
}

TEST_CASE("socket_client: a finished exchange leaves nothing in the loop") {
  const Peer peer(Says("x"));
  EventLoop loop;
  SocketClient client(loop);
  const auto timeout = seconds(1);  // a busy machine answers within it
  int done = 0;
  client.Start({.address = At(peer.path()),
                .request = "",
                .timeout = timeout,
                .max_bytes = 100,
                .done = [&](const Result<std::string>& reply) {
                  CHECK(reply);
                  ++done;
                }});
  // Past the deadline, which must not be heard of again.
  loop.At(Clock::now() + timeout + milliseconds(1), [&] { loop.Stop(); });
  loop.Run();
  CHECK(done == 1);
}

TEST_CASE("socket_client: errors name owner and mode of a socket") {
  const ScopedFolder folder;
  const auto path = folder.File("stats.sock");
  std::ofstream(path) << "";
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  for (const int denied : {EACCES, EPERM}) {
    const auto error = SocketError(path, denied);
    CHECK((error.reason == Reason::kAuth));
    CHECK(error.message.starts_with(path + ": " + std::strerror(denied)));
    CHECK(error.message.find("owner " + std::to_string(getuid()) + ":") !=
          std::string::npos);
    CHECK(error.message.ends_with("mode 0640"));
  }
  for (const int other : {ENOENT, ECONNREFUSED, ENAMETOOLONG}) {
    const auto error = SocketError(path, other);
    CHECK((error.reason == Reason::kConnect));
    CHECK(error.message == path + ": " + std::strerror(other));
  }
}

TEST_CASE("socket_client: an error without errno is not a success") {
  CHECK(SocketError("/stats.sock", 0).message == "/stats.sock: unknown error");
}

TEST_CASE("socket_client: an exchange that is cancelled closes its socket") {
  // It takes the next connection only when the one before is closed.
  std::atomic<bool> is_first = true;
  const Peer peer([&](int fd) {
    if (is_first.exchange(false)) return AwaitClose(fd);
    SendAll(fd, "x");
  });
  EventLoop loop;
  SocketClient client(loop);
  std::string ended;
  const auto start = [&](const std::string& name) {
    return client.Start({.address = At(peer.path()),
                         .request = "",
                         .timeout = seconds(60),
                         .max_bytes = 100,
                         .done = [&, name](const Result<std::string>&) {
                           ended += name;
                           loop.Stop();
                         }});
  };
  const auto hangs = start("hangs");
  loop.At(Clock::now() + milliseconds(10), [&] {
    client.Cancel(hangs);
    client.Cancel(hangs);  // no error
    start("answers");
  });
  loop.Run();
  CHECK(ended == "answers");
}

}  // namespace
}  // namespace ipfs_peer_exporter
