#include "exporter/serve/password_checker.h"

#include <doctest/doctest.h>

#include <future>
#include <semaphore>
#include <vector>

namespace ipfs_peer_exporter {
namespace {

PasswordChecker::Address Client(unsigned char number) { return {number}; }
PasswordChecker::Digest DigestOf(unsigned char number) { return {number}; }

// A checker whose checks each wait until the test lets one go.
struct Held {
  // Starts a check; nothing if it is not taken.
  bool Check(unsigned char client, unsigned char digest) {
    return checker.Check(Client(client), DigestOf(digest), "p", "p",
                         [this, client](bool) { done.push_back(client); });
  }

  // Lets checks go and waits until the last one, a new one, is done.
  void Finish(int checks) {
    std::promise<void> last;
    REQUIRE(checker.Check(Client(255), DigestOf(255), "p", "p",
                          [&last](bool) { last.set_value(); }));
    go.release(checks + 1);
    last.get_future().wait();
  }

  std::counting_semaphore<> go{0};
  std::vector<int> done;
  PasswordChecker checker{[this](const auto& password, const auto& hash) {
    go.acquire();
    return password == hash;
  }};
};

TEST_CASE("password checker: right and wrong") {
  PasswordChecker checker(
      [](const auto& password, const auto& hash) { return password == hash; });
  for (const bool right : {true, false}) {
    std::promise<bool> result;
    CHECK(checker.Check(Client(1), DigestOf(1), "secret",
                        right ? "secret" : "other",
                        [&](bool is) { result.set_value(is); }));
    CHECK(result.get_future().get() == right);
  }
}

TEST_CASE("password checker: one check for each address, in turns") {
  Held held;
  CHECK(held.Check(1, 1));
  CHECK_FALSE(held.Check(1, 2));  // another password of the same client
  CHECK(held.Check(2, 1));
  CHECK(held.Check(3, 1));
  CHECK_FALSE(held.Check(2, 9));
  held.Finish(3);
  CHECK(held.done == std::vector{1, 2, 3});
  CHECK(held.Check(1, 2));
  held.Finish(1);
}

TEST_CASE("password checker: requests with the same password share a check") {
  Held held;
  CHECK(held.Check(1, 1));
  CHECK(held.Check(1, 1));
  CHECK(held.Check(1, 1));
  held.Finish(1);
  CHECK(held.done == std::vector{1, 1, 1});
}

TEST_CASE("password checker: the queue is bounded") {
  Held held;
  const auto most = static_cast<int>(PasswordChecker::kMaxChecks);
  for (int i = 0; i < most; ++i) {
    CHECK(held.Check(static_cast<unsigned char>(i), 1));
  }
  CHECK_FALSE(held.Check(200, 1));
  held.go.release(most);  // for the destructor
}

TEST_CASE("password checker: so are the requests that wait for one check") {
  Held held;
  for (std::size_t i = 0; i < PasswordChecker::kMaxWaiting; ++i) {
    CHECK(held.Check(1, 1));
  }
  CHECK_FALSE(held.Check(1, 1));
  held.go.release(1);  // for the destructor
}

}  // namespace
}  // namespace ipfs_peer_exporter
