#include "exporter/serve/bcrypt.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("bcrypt: the three prefixes") {
  for (const char minor : {'a', 'b', 'y'}) {
    std::string hash =
        "$2y$04$abcdefghijklmnopqrstuuLIgQmNnkIwext9PDhvAB9OG0zuoWiJO";
    hash[2] = minor;
    CHECK(BcryptMatches("secret-4", hash));
    CHECK_FALSE(BcryptMatches("secret-5", hash));
    CHECK_FALSE(BcryptMatches("", hash));
  }
}

TEST_CASE("bcrypt: what is not a hash matches nothing") {
  for (const auto* hash : {"", "*0", "secret", "$2y$04$abc"}) {
    CHECK_FALSE(BcryptMatches("secret", hash));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
