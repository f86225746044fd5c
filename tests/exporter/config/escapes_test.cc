#include "exporter/config/escapes.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

std::string Unescaped(std::string_view text) {
  const auto bytes = Unescape(text);
  return bytes ? *bytes : "error: " + bytes.error().message;
}

TEST_CASE("escapes: the meaning of each") {
  CHECK(Unescaped("") == "");
  CHECK(Unescaped("show info") == "show info");
  CHECK(Unescaped(R"(stats\r\nquit)") == "stats\r\nquit");
  CHECK(Unescaped(R"(a\tb\\n)") == "a\tb\\n");
  CHECK(Unescaped(R"(\x41\xfF\x00)") == std::string("A\xff\0", 3));
  CHECK(Unescaped(R"(\x414)") == "A4");
  CHECK(Unescaped("a\nb") == "a\nb");
}

TEST_CASE("escapes: other escapes are rejected with their position") {
  const std::string known = R"( (known: \r \n \t \\ \xNN))";
  CHECK(Unescaped(R"(a\b)") == "error: unknown escape at byte 1" + known);
  CHECK(Unescaped(R"(\\\)") == "error: unknown escape at byte 2" + known);
  for (const auto* text : {R"(\x)", R"(\x1)", R"(\xg1)", R"(\x1g)", R"(\x-1)",
                           R"(\X41)", R"(\0)", R"(\R)", "\\\n"}) {
    CAPTURE(text);
    CHECK(Unescaped(text) == "error: unknown escape at byte 0" + known);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
