#include "exporter/serve/password_users.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("password users: an accepted password is remembered") {
  PasswordUsers users;
  CHECK(users.empty());
  users.Set({{"alice", "hash-a"}, {"bob", "hash-b"}});
  const auto attempt = users.Try({"alice", "right"});
  CHECK(attempt.known);
  CHECK_FALSE(attempt.was_right);
  CHECK(attempt.hash == "hash-a");
  users.Accept(attempt);
  CHECK(users.Try({"alice", "right"}).was_right);
  CHECK_FALSE(users.Try({"alice", "wrong"}).was_right);
  CHECK_FALSE(users.Try({"bob", "right"}).was_right);
  CHECK_FALSE(users.Try({"alic", "eright"}).was_right);
}

TEST_CASE("password users: a change forgets what was right") {
  PasswordUsers users;
  users.Set({{"alice", "old"}});
  const auto attempt = users.Try({"alice", "right"});
  users.Set({{"alice", "new"}});
  users.Accept(attempt);  // its check ends after the change
  CHECK_FALSE(users.Try({"alice", "right"}).was_right);
  users.Set({{"alice", "old"}});
  CHECK_FALSE(users.Try({"alice", "right"}).was_right);
  users.Set({});
  CHECK(users.empty());
}

TEST_CASE("password users: an unknown user meets a hash, always the same") {
  PasswordUsers users;
  users.Set({{"a", "hash-a"}, {"b", "hash-b"}, {"c", "hash-c"}});
  for (const auto* name : {"x", "y", "", "\xff"}) {
    const auto attempt = users.Try({name, "right"});
    CHECK_FALSE(attempt.known);
    CHECK(attempt.hash.starts_with("hash-"));
    CHECK(users.Try({name, "other"}).hash == attempt.hash);
    users.Accept(attempt);  // has no effect
    CHECK_FALSE(users.Try({name, "right"}).was_right);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
