#include "exporter/net/event_loop.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Two connected sockets.
class Pair {
 public:
  Pair() {
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_) == 0);
  }
  ~Pair() {
    close(fds_[0]);
    close(fds_[1]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  int fd() const { return fds_[0]; }
  void Send(char c) { REQUIRE(write(fds_[1], &c, 1) == 1); }
  char Receive() {
    char c = 0;
    REQUIRE(read(fds_[0], &c, 1) == 1);
    return c;
  }

 private:
  int fds_[2];
};

TEST_CASE("event_loop: timers run in the order of their times") {
  EventLoop loop;
  std::string order;
  const auto now = Clock::now();
  loop.At(now + milliseconds(3), [&] {
    order += 'd';
    loop.Stop();
  });
  loop.At(now + milliseconds(1), [&] { order += 'b'; });
  loop.At(now - seconds(1), [&] { order += 'a'; });
  loop.At(now + milliseconds(1), [&] { order += 'c'; });
  loop.Run();
  CHECK(order == "abcd");
}

TEST_CASE("event_loop: a timer runs once and not before its time") {
  EventLoop loop;
  int runs = 0;
  const auto when = Clock::now() + milliseconds(5);
  loop.At(when, [&] {
    ++runs;
    CHECK((Clock::now() >= when));
  });
  loop.At(when + milliseconds(2), [&] { loop.Stop(); });
  loop.Run();
  CHECK(runs == 1);
}

TEST_CASE("event_loop: a cancelled timer does not run") {
  EventLoop loop;
  std::string order;
  const auto now = Clock::now();
  const auto first = loop.At(now, [&] { order += 'x'; });
  const auto last = loop.At(now + milliseconds(1), [&] { loop.Stop(); });
  loop.Cancel(first);
  loop.Run();
  CHECK(order == "");
  loop.Cancel(last);  // it has run: no error
  loop.Cancel(12345);
}

TEST_CASE("event_loop: a callback cancels a timer that is due as well") {
  EventLoop loop;
  std::string order;
  const auto now = Clock::now() - seconds(1);
  EventLoop::TimerId second = 0;
  EventLoop::TimerId self = 0;
  self = loop.At(now, [&] {
    order += 'a';
    loop.Cancel(second);
    loop.Cancel(self);
  });
  second = loop.At(now, [&] { order += 'b'; });
  loop.At(now, [&] {
    order += 'c';
    loop.Stop();
  });
  loop.Run();
  CHECK(order == "ac");
}

TEST_CASE("event_loop: a callback sets the next timer") {
  EventLoop loop;
  int rounds = 0;
  std::function<void()> again = [&] {
    if (++rounds == 5) return loop.Stop();
    loop.At(Clock::now(), again);
  };
  loop.At(Clock::now(), again);
  loop.Run();
  CHECK(rounds == 5);
}

TEST_CASE("event_loop: timers that are always due do not starve a socket") {
  EventLoop loop;
  Pair pair;
  std::function<void()> again = [&] { loop.At(Clock::now(), again); };
  loop.At(Clock::now(), again);
  loop.Watch(pair.fd(), EventLoop::kReadable, [&] { loop.Stop(); });
  pair.Send('x');
  loop.Run();
  CHECK(pair.Receive() == 'x');
}

TEST_CASE("event_loop: a socket is reported until it is read") {
  EventLoop loop;
  Pair pair;
  int calls = 0;
  loop.Watch(pair.fd(), EventLoop::kReadable, [&] {
    if (++calls < 3) return;
    pair.Receive();
    loop.At(Clock::now() + milliseconds(2), [&] { loop.Stop(); });
  });
  pair.Send('x');
  loop.Run();
  CHECK(calls == 3);
}

TEST_CASE("event_loop: a timer wakes the loop without socket events") {
  EventLoop loop;
  Pair pair;
  bool read = false;
  loop.Watch(pair.fd(), EventLoop::kReadable, [&] { read = true; });
  loop.At(Clock::now() + milliseconds(2), [&] { loop.Stop(); });
  loop.Run();
  CHECK_FALSE(read);
}

TEST_CASE("event_loop: a callback unwatches its own socket") {
  EventLoop loop;
  Pair pair;
  int calls = 0;
  loop.Watch(pair.fd(), EventLoop::kReadable,
             [&, keeps = std::string(64, 'x')] {
               ++calls;
               loop.Unwatch(pair.fd());
               CHECK(keeps.size() == 64);  // the callback itself is still there
               loop.At(Clock::now() + milliseconds(2), [&] { loop.Stop(); });
             });
  pair.Send('x');
  loop.Run();
  CHECK(calls == 1);
}

TEST_CASE("event_loop: an unwatched socket of the same round is not called") {
  EventLoop loop;
  Pair one;
  Pair other;
  int calls = 0;
  const auto callback = [&] {
    ++calls;
    loop.Unwatch(one.fd());
    loop.Unwatch(other.fd());
    loop.Stop();
  };
  loop.Watch(one.fd(), EventLoop::kReadable, callback);
  loop.Watch(other.fd(), EventLoop::kReadable, callback);
  one.Send('x');
  other.Send('x');
  loop.Run();
  CHECK(calls == 1);
}

TEST_CASE("event_loop: watching again replaces the callback") {
  EventLoop loop;
  Pair pair;
  std::string order;
  loop.Watch(pair.fd(), EventLoop::kReadable, [&] {
    order += 'a';
    loop.Watch(pair.fd(), EventLoop::kReadable, [&] {
      order += 'b';
      loop.Stop();
    });
  });
  pair.Send('x');
  loop.Run();
  CHECK(order == "ab");
}

TEST_CASE("event_loop: a reopened descriptor gets no old event") {
  EventLoop loop;
  Pair first;
  Pair second;
  const Pair silent;
  std::string order;
  // The callback that runs first closes the other socket, as a reply may do,
  // and opens a socket that gets the same number.
  const auto replace = [&](Pair& other) {
    loop.Unwatch(other.fd());
    REQUIRE(dup2(silent.fd(), other.fd()) == other.fd());
    loop.Watch(other.fd(), EventLoop::kReadable, [&] { order += 'x'; });
    loop.At(Clock::now(), [&] { loop.Stop(); });
  };
  loop.Watch(first.fd(), EventLoop::kReadable, [&] {
    order += 'a';
    first.Receive();
    replace(second);
  });
  loop.Watch(second.fd(), EventLoop::kReadable, [&] {
    order += 'a';
    second.Receive();
    replace(first);
  });
  first.Send('1');
  second.Send('2');
  loop.Run();
  CHECK(order == "a");
}

TEST_CASE("event_loop: Run() returns after Stop() without waiting") {
  EventLoop loop;
  bool ran = false;
  loop.At(Clock::now() + seconds(10), [&] { ran = true; });
  loop.Stop();
  loop.Run();
  CHECK_FALSE(ran);
}

}  // namespace
}  // namespace ipfs_peer_exporter
