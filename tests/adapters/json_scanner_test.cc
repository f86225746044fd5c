#include "adapters/json_scanner.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/cpu_time.h"

namespace ipfs_peer_exporter {
namespace {

// One character per byte: "s" if a string is open after it, else ".".
std::string Strings(std::string_view text) {
  JsonScanner scanner;
  std::string marks;
  for (const char c : text) {
    scanner.Take(c);
    marks += scanner.in_string() ? 's' : '.';
  }
  return marks;
}

TEST_CASE("json scanner: strings end at a quote that is not escaped") {
  CHECK(Strings(R"({"a":1})") == ".ss....");
  CHECK(Strings(R"(["\"]"])") == ".ssss..");
  CHECK(Strings(R"(["\\"])") == ".sss..");
  CHECK(Strings(R"(\"a")") == ".ss.");  // outside a string \ is no escape
}

TEST_CASE(
    "json scanner: many bytes at once give the same result as single bytes") {
  const std::string text = R"( "a]\"}[" , 1.5,"\\" ,"\u00e4\\\"" ]"x")";
  const auto bracket = text.find(" ]") + 1;
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CAPTURE(cut);
    JsonScanner scanner;
    for (const char c : text.substr(0, cut)) scanner.Take(c);
    const auto taken =
        scanner.TakeToBracket(std::string_view(text).substr(cut));
    CHECK(cut + taken == (cut <= bracket ? bracket : text.size()));
    CHECK_FALSE(scanner.in_string());
  }
}

TEST_CASE("json scanner: a string is taken with its quote, also in pieces") {
  JsonScanner scanner;
  CHECK(scanner.TakeString("a\"", 0) == 0);
  scanner.Take('"');
  CHECK(scanner.TakeString("\"a{\\", 1) == 4);
  CHECK(scanner.TakeString("\"b", 0) == 2);
  CHECK(scanner.in_string());
  CHECK(scanner.TakeString("c\\\\\"]\"", 0) == 4);
  CHECK_FALSE(scanner.in_string());
}

TEST_CASE("json scanner: many backslashes take linear time") {
  std::string text;
  for (int i = 0; i < 4'000'000; ++i) text += "\\\"";
  JsonScanner scanner;
  scanner.Take('"');
  const auto began = CpuTime();
  CHECK(scanner.TakeString(text, 0) == text.size());
  CHECK(CpuTime() - began < std::chrono::seconds(2));
}

}  // namespace
}  // namespace ipfs_peer_exporter
