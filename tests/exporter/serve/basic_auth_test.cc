#include "exporter/serve/basic_auth.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

std::string Parsed(std::string_view header) {
  const auto credentials = ParseBasicAuth(header);
  return credentials ? credentials->user + "|" + credentials->password : "none";
}

TEST_CASE("basic auth: user and password") {
  struct Row {
    const char* header;
    std::string parsed;
  };
  const Row rows[] = {
      {"Basic YWxpY2U6c2VjcmV0", "alice|secret"},
      {"bAsIc YWxpY2U6c2VjcmV0", "alice|secret"},
      {"Basic  YWxpY2U6c2VjcmV0 ", "alice|secret"},
      {"Basic YTpiOmM=", "a|b:c"},        // a:b:c
      {"Basic OnNlY3JldA==", "|secret"},  // an empty user
      {"Basic YTo=", "a|"},               // an empty password
      {"Basic Og==", "|"},
      {"Basic 4/86/w==", "\xe3\xff|\xff"},  // not UTF-8
  };
  for (const auto& [header, parsed] : rows) {
    CAPTURE(header);
    CHECK(Parsed(header) == parsed);
  }
}

TEST_CASE("basic auth: other headers") {
  for (const auto* header :
       {"", "Basic", "Basic ", "Bearer YTpi", "BasicYTpi", "Basic\tYTpi",
        "Basic YTpi, Basic YTpi", "Basic YTp", "Basic YTp=", "Basic Y===",
        "Basic =", "Basic ====", "Basic YT-i", "Basic YT pi", "Basic YTph!",
        "Basic YWxpY2U=",     // no colon
        "Basic YQA6Yg==",     // a NUL byte in the user
        "Basic YTpiAGM=",     // … in the password
        "Basic YTpiYj=="}) {  // bits beyond the last byte
    CAPTURE(header);
    CHECK(Parsed(header) == "none");
  }
}

TEST_CASE("basic auth: only the 72 bytes that bcrypt reads are kept") {
  std::string header = "Basic YTpi";  // a:b
  for (int i = 0; i < 100; ++i) header += "YmJi";
  CHECK(Parsed(header) == "a|" + std::string(72, 'b'));
}

}  // namespace
}  // namespace ipfs_peer_exporter
