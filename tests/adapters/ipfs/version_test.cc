#include "adapters/ipfs/version.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("version: text without a version at its beginning") {
  const std::string texts[] = {
      "",     "1",     "1.",      ".1",      "v0.42.0",       "0,42",
      "0.x",  " 0.42", "0. 42",   "-1.2",    "1.-2",          "+1.2",
      "1.+2", "0x1.2", "10000.0", "0.10000", "99999999999.1", "1.99999999999",
      "dev",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    CHECK_FALSE(ParseVersion(text));
  }
}

TEST_CASE("version: major and minor") {
  struct Row {
    std::string text;
    Version version;
  };
  const Row rows[] = {
      {"0.8.0", {0, 8}},       {"0.43.0-rc1", {0, 43}},
      {"0.44.0-dev", {0, 44}}, {"0.42", {0, 42}},
      {"0.42-x", {0, 42}},     {"1.2.3.4", {1, 2}},
      {"007.010", {7, 10}},    {"9999.9999", {9999, 9999}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    REQUIRE(ParseVersion(row.text));
    CHECK((*ParseVersion(row.text) == row.version));
  }
}

TEST_CASE("version: a text ends where its view does") {
  const std::string_view text = "0.42.0";
  CHECK((ParseVersion(text.substr(0, 3)) == Version{0, 4}));
  CHECK_FALSE(ParseVersion(text.substr(0, 2)));
}

TEST_CASE("version: older by numbers, not by letters") {
  struct Row {
    std::string version;
    std::string than;
    bool is_older;
  };
  const Row rows[] = {
      {"0.9.0", "0.11", true},
      {"0.11.0", "0.9", false},
      {"0.10.9", "0.11", true},
      {"0.11.0", "0.11", false},
      {"0.43.0-rc1", "0.43", false},
      {"0.42.0", "1.0", true},
      {"1.0.0", "0.42", false},
      // Nothing is known of these.
      {"", "0.11", false},
      {"dev", "0.11", false},
      {"0.9.0", "", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.version);
    CAPTURE(row.than);
    CHECK(IsOlder(row.version, row.than) == row.is_older);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
