#include "exporter/poll/call_queue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>

namespace ipfs_peer_exporter {
namespace {

constexpr auto kOrdinary = CallQueue::Kind::kOrdinary;
constexpr auto kLong = CallQueue::Kind::kLong;

// Writes down which calls were made, by their letters.
struct Made {
  CallQueue queue;
  std::string calls;

  void Enter(CallQueue::Kind kind, const std::string& letters) {
    for (const char letter : letters) {
      queue.Enter(kind, this, [this, letter] { calls += letter; });
    }
  }
};

TEST_CASE("call_queue: four calls at once, then one for each that ends") {
  Made made;
  made.Enter(kOrdinary, "abcdefg");
  CHECK(made.calls == "abcd");
  made.queue.Leave(kOrdinary);
  CHECK(made.calls == "abcde");
  made.queue.Leave(kOrdinary);
  made.queue.Leave(kOrdinary);
  CHECK(made.calls == "abcdefg");
  made.queue.Leave(kOrdinary);
  made.Enter(kOrdinary, "hi");
  CHECK(made.calls == "abcdefgh");
}

TEST_CASE("call_queue: a repeated call waits behind earlier ones") {
  Made made;
  made.Enter(kOrdinary, "abcdef");
  made.Enter(kOrdinary, "a");
  for (int i = 0; i < 3; ++i) made.queue.Leave(kOrdinary);
  CHECK(made.calls == "abcdefa");
}

TEST_CASE("call_queue: long calls share one slot of their own") {
  Made made;
  made.Enter(kLong, "AB");
  made.Enter(kOrdinary, "abcde");
  CHECK(made.calls == "Aabcd");
  made.queue.Leave(kOrdinary);
  CHECK(made.calls == "Aabcde");
  made.queue.Leave(kLong);
  CHECK(made.calls == "AabcdeB");
}

TEST_CASE("call_queue: waiting calls are dropped, running ones keep slots") {
  Made made;
  made.Enter(kOrdinary, "abcdef");
  made.Enter(kLong, "AB");
  made.queue.DropWaiting();
  made.Enter(kOrdinary, "g");
  CHECK(made.calls == "abcdA");
  made.queue.Leave(kOrdinary);
  made.queue.Leave(kLong);
  CHECK(made.calls == "abcdAg");
}

TEST_CASE("call_queue: calls that end at once keep their order") {
  CallQueue queue;
  std::string calls;
  int depth = 0;
  int deepest = 0;
  // Each comes twice.
  std::function<void(char, bool)> enter = [&](char letter, bool again) {
    queue.Enter(kOrdinary, nullptr, [&, letter, again] {
      deepest = std::max(deepest, ++depth);
      calls += letter;
      queue.Leave(kOrdinary);
      if (again) enter(letter, false);
      --depth;
    });
  };
  for (int i = 0; i < 4; ++i) queue.Enter(kOrdinary, nullptr, [] {});
  for (const char letter : std::string("abcdef")) enter(letter, true);
  CHECK(calls == "");
  queue.Leave(kOrdinary);
  CHECK(calls == "abcdefabcdef");
  CHECK(deepest == 1);
}

TEST_CASE("call_queue: the waiting calls of one owner are dropped") {
  CallQueue queue;
  std::string calls;
  const int owners[2] = {};
  const auto enter = [&](const int& owner, char letter) {
    queue.Enter(kOrdinary, &owner, [&calls, letter] { calls += letter; });
  };
  for (const char letter : {'a', 'b', 'c', 'd'}) enter(owners[0], letter);
  enter(owners[0], 'e');
  enter(owners[1], 'f');
  queue.Drop(&owners[0]);
  CHECK(calls == "abcd");
  queue.Leave(kOrdinary);
  CHECK(calls == "abcdf");
}

}  // namespace
}  // namespace ipfs_peer_exporter
