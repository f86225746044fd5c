#include "adapters/json_splitter.h"

#include <doctest/doctest.h>

#include <chrono>
#include <utility>
#include <vector>

#include "tests/cpu_time.h"

namespace ipfs_peer_exporter {
namespace {

// The elements of a text and the outcome.
struct Cut {
  std::vector<std::string> elements;
  std::string envelope;
  std::string error;  // the reason; empty without an error

  bool operator==(const Cut&) const = default;
};

Cut Feed(JsonSplitter& splitter, std::string_view text, std::size_t piece) {
  Cut cut;
  auto status = Ok();
  while (status && !text.empty()) {
    status = splitter.Feed(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (status) status = splitter.Finish();
  if (!status) cut.error = Name(status.error().reason);
  cut.envelope = splitter.envelope();
  return cut;
}

Cut Split(int depth, std::string_view text,
          std::size_t piece = std::string::npos) {
  std::vector<std::string> elements;
  JsonSplitter splitter(depth, [&](std::string_view element) {
    elements.emplace_back(element);
    return Ok();
  });
  auto cut = Feed(splitter, text, piece);
  cut.elements = std::move(elements);
  return cut;
}

using Elements = std::vector<std::string>;

struct Row {
  int depth;
  std::string text;
  Elements elements;
  std::string envelope;
};

const Row kGood[] = {
    {2,
     R"({"Peers":[{"a":1},{"b":[2,{}]}]})",
     {R"({"a":1})", R"({"b":[2,{}]})"},
     R"({"Peers":[2]})"},
    {2, R"({"Peers":[]})", {}, R"({"Peers":[]})"},
    {2, R"({"Peers":null})", {}, R"({"Peers":null})"},
    {2, R"({})", {}, R"({})"},
    {2,
     R"({"a":1,"b":"[x]","c":[1,2],"d":[3]})",
     {"1", "2", "3"},
     R"({"a":1,"b":"[x]","c":[2],"d":[1]})"},
    {2, R"({"a":"\"]}[","b":[1]})", {"1"}, R"({"a":"\"]}[","b":[1]})"},
    {2, R"([[1,2],[],[3]])", {"1", "2", "3"}, R"([[2],[],[1]])"},
    {1,
     R"([1,"a",null,{"x":[]},[[]]])",
     {"1", "\"a\"", "null", R"({"x":[]})", "[[]]"},
     "[5]"},
    {1, " [ 1 , 2 ] ", {"1", "2"}, "[2]"},
    {1, "[\n{\n\"a\" : 1\n}\n]", {"{\n\"a\" : 1\n}"}, "[1]"},
    {1,
     R"(["[","]","{\"}","\\","\\\""])",
     {R"("[")", R"("]")", R"("{\"}")", R"("\\")", R"("\\\"")"},
     "[5]"},
    {1, R"([{"a":"}]","b":"\\"}])", {R"({"a":"}]","b":"\\"})"}, "[1]"},
    {1, R"({"a":1})", {}, R"({"a":1})"},
    {3,
     R"({"a":{"b":[1,2]},"c":[3]})",
     {"1", "2"},
     R"({"a":{"b":[2]},"c":[3]})"},
    {4,
     R"({"n":"wan","b":[{"p":[1,2]},{"p":[]},{"p":null},{"p":[3]}]})",
     {"1", "2", "3"},
     R"({"n":"wan","b":[{"p":[2]},{"p":[]},{"p":null},{"p":[1]}]})"},
    {2, "1", {}, "1"},
    {2, "null", {}, "null"},
    {2, R"("[x]")", {}, R"("[x]")"},
    {2, "", {}, ""},
    {0, "", {}, ""},
    {0, " \n", {}, ""},
    {0, "{}\n{}\n", {"{}", "{}"}, ""},
    {0, "{}{}", {"{}", "{}"}, ""},
    {0,
     R"({"a":1}[2]"x"{"b":3})",
     {R"({"a":1})", "[2]", "\"x\"", R"({"b":3})"},
     ""},
    {0, "1 2\n3", {"1", "2", "3"}, ""},
    {0, "true false null", {"true", "false", "null"}, ""},
    {0, R"("a""b")", {R"("a")", R"("b")"}, ""},
    {0, R"(1"a"2{}3[]4)", {"1", "\"a\"", "2", "{}", "3", "[]", "4"}, ""},
    {0, "-1.5e+3", {"-1.5e+3"}, ""},
};

TEST_CASE("json_splitter: elements and their envelope") {
  for (const auto& row : kGood) {
    CAPTURE(row.depth);
    CAPTURE(row.text);
    const auto cut = Split(row.depth, row.text);
    CHECK(cut.error == "");
    CHECK(cut.elements == row.elements);
    CHECK(cut.envelope == row.envelope);
  }
}

struct BadRow {
  int depth;
  std::string text;
};

const BadRow kBad[] = {
    {2, R"({"Peers":[1,]})"},
    {2, R"({"Peers":[,1]})"},
    {2, R"({"Peers":[1,,2]})"},
    {2, R"({"Peers":[,]})"},
    {2, R"({"Peers":[1 2]})"},
    {2, R"({"Peers":[{}{}]})"},
    {2, R"({"Peers":[1}})"},
    {2, R"({"Peers":[{]}]})"},
    {2, R"({"Peers":[{}])"},
    {2, R"({"Peers":[{})"},
    {2, R"({"Peers":[{"a")"},
    {2, R"({"Peers":["a)"},
    {2, R"({"Peers":[)"},
    {2, R"({"Peers":[1)"},
    {2, R"({"Peers":[]}})"},
    {2, R"({"Peers":[]]})"},
    {2, R"({"Pee)"},
    {2, R"(])"},
    {2, R"(:1)"},
    {2, R"(<html>)"},
    {1, R"(x[1])"},
    {1, R"([1)"},
    {1, R"(["a\")"},
    {0, R"({)"},
    {0, R"({"a":[1})"},
    {0, R"("a)"},
    {0, R"(})"},
    {0, R"(])"},
    {0, R"({}})"},
};

TEST_CASE("json_splitter: truncated or misplaced text is an error") {
  for (const auto& row : kBad) {
    CAPTURE(row.depth);
    CAPTURE(row.text);
    CHECK(Split(row.depth, row.text).error == "parse");
  }
}

TEST_CASE("json_splitter: the result does not depend on the pieces") {
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    CAPTURE(piece);
    for (const auto& row : kGood) {
      CAPTURE(row.text);
      CHECK(Split(row.depth, row.text, piece) == Split(row.depth, row.text));
    }
    for (const auto& row : kBad) {
      CAPTURE(row.text);
      CHECK(Split(row.depth, row.text, piece) == Split(row.depth, row.text));
    }
  }
}

TEST_CASE(
    "json_splitter: garbage ends, one way or another, and the same way "
    "byte by byte") {
  const char kLetters[] = "[]{}\",:\\ \n1ax";
  std::uint32_t state = 1;  // a small generator: the same texts each time
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (int i = 0; i < 24; ++i) {
      state = state * 1664525u + 1013904223u;
      text += kLetters[(state >> 24) % (sizeof kLetters - 1)];
    }
    CAPTURE(text);
    for (const int depth : {0, 1, 2}) {
      const auto whole = Split(depth, text);
      if (whole == Split(depth, text, 1)) continue;
      FAIL_CHECK("differs byte by byte at depth " << depth);
    }
  }
}

TEST_CASE("json_splitter: an element has at most 64 KiB") {
  const std::string most = '"' + std::string(64 * 1024 - 2, 'x') + '"';
  for (const std::size_t piece : {std::string::npos, std::size_t{1000}}) {
    CAPTURE(piece);
    CHECK(Split(1, "[" + most + "]", piece).elements == Elements{most});
    CHECK(Split(1, "[\"x" + most.substr(1) + "]", piece).error == "too_large");
    CHECK(Split(1, "[" + std::string(64 * 1024 + 1, '1') + "]", piece).error ==
          "too_large");
  }
}

// The beginnings of elements that are too large, and later elements.
Cut SplitLarge(std::string_view text, std::size_t piece) {
  std::vector<std::string> elements;
  JsonSplitter splitter(
      2,
      [&](std::string& element) {
        elements.push_back(element);
        return Ok();
      },
      [&](std::string& beginning) {
        elements.push_back("beginning: " + std::exchange(beginning, "!"));
        return true;
      });
  auto cut = Feed(splitter, text, piece);
  cut.elements = std::move(elements);
  return cut;
}

TEST_CASE("json_splitter: the beginning of a larger element can be used") {
  const std::string x(64 * 1024, 'x');
  struct LargeRow {
    std::string element;
    std::string beginning;
  };
  const LargeRow rows[] = {
      {R"({"a":"b","c":[")" + x + R"("],"d":1})", R"({"a":"b","c":[]})"},
      {R"({"a":{"b":[{"c":1},{"d":"]"},{"e":")" + x + R"(","f":[]}]}})",
       R"({"a":{"b":[{"c":1},{"d":"]"},{}]}})"},
      {R"({"a":{"b":[]},"c":"\"}\\)" + x + R"("})", R"({"a":{"b":[]}})"},
      {R"({"a":")" + x + R"("})", "{}"},
      {R"([[1],")" + x + R"("])", "[[1]]"},
  };
  for (const std::size_t piece :
       {std::string::npos, std::size_t{1}, std::size_t{1000}}) {
    CAPTURE(piece);
    for (const auto& row : rows) {
      CAPTURE(row.beginning);
      CHECK(SplitLarge(R"({"p":[{"a":1},)" + row.element + R"(,{"b":[]}]})",
                       piece) ==
            Cut{{R"({"a":1})", "beginning: " + row.beginning, R"({"b":[]})"},
                R"({"p":[3]})",
                ""});
    }
  }
}

TEST_CASE("json_splitter: text after the beginning is still checked") {
  const auto large = R"({"p":[{"a":[")" + std::string(64 * 1024, 'x');
  for (const std::string rest :
       {"", "\"", "\"]", "\"]}", "\"]}]", "\"}]", "\"]]}"}) {
    CAPTURE(rest);
    CHECK(SplitLarge(large + rest, std::string::npos).error == "parse");
  }
  CHECK(SplitLarge(large + '"' + std::string(16, '['), 100).error == "parse");
  CHECK(SplitLarge(large + "\"]}]}", 100).error == "");
}

TEST_CASE("json_splitter: an unusable beginning ends the splitting") {
  JsonSplitter splitter(
      1, [](std::string&) { return Ok(); }, [](std::string&) { return false; });
  REQUIRE(splitter.Feed("[{"));
  CHECK_FALSE(splitter.Feed(std::string(64 * 1024, ' ')));
}

TEST_CASE("json_splitter: a text or number has no beginning") {
  CHECK(SplitLarge("[[\"" + std::string(64 * 1024, 'x') + "\"]]", 1000).error ==
        "too_large");
  CHECK(SplitLarge("[[" + std::string(64 * 1024 + 1, '1') + "]]", 1000).error ==
        "too_large");
}

TEST_CASE("json_splitter: an endless element is not collected") {
  JsonSplitter splitter(1, [](std::string_view) { return Ok(); });
  const std::string piece(16 * 1024, 'x');
  REQUIRE(splitter.Feed("[\""));
  std::size_t taken = 0;
  while (splitter.Feed(piece)) REQUIRE(++taken < 10);
  CHECK(taken == 3);
}

TEST_CASE("json_splitter: the envelope has at most 64 KiB") {
  const std::string open = "{\"a\":\"";
  const std::string close = "\",\"b\":[]}";
  const std::string most(64 * 1024 - open.size() - close.size(), 'x');
  CHECK(Split(2, open + most + close).error == "");
  CHECK(Split(2, open + most + "x" + close).error == "too_large");
  CHECK(Split(2, "{\"a\":" + std::string(64 * 1024, '1')).error == "too_large");
}

TEST_CASE("json_splitter: white space belongs to no element") {
  const std::string space(200 * 1024, ' ');
  CHECK(Split(1, "[" + space + "1" + space + "]" + space).envelope == "[1]");
}

TEST_CASE("json_splitter: brackets nest to sixteen, in an element and around") {
  const std::string open(16, '[');
  const std::string close(16, ']');
  CHECK(Split(0, open + close).error == "");
  CHECK(Split(0, "[" + open + close + "]").error == "parse");
  CHECK(Split(1, "[" + open + close + "]").error == "");
  CHECK(Split(1, "[[" + open + close + "]]").error == "parse");
  CHECK(Split(17, "[" + open + close + "]").error == "parse");
  CHECK(Split(0, std::string(100'000, '[')).error == "parse");
  CHECK(Split(2, std::string(100'000, '{')).error == "parse");
}

TEST_CASE("json_splitter: a string of escapes is read once") {
  const std::string text = "{\"" + std::string(1024 * 1024, '\\');
  const auto began = CpuTime();
  CHECK(Split(0, text).error == "too_large");
  CHECK(CpuTime() - began < std::chrono::seconds(1));
}

TEST_CASE("json_splitter: the receiver of elements can stop it") {
  int taken = 0;
  JsonSplitter splitter(1, [&taken](std::string_view element) -> Status {
    ++taken;
    if (element == "2") return Error{Reason::kSchema, "not this one"};
    return Ok();
  });
  const auto status = splitter.Feed("[1,2,3]");
  REQUIRE_FALSE(status);
  CHECK(status.error().message == "not this one");
  CHECK(taken == 2);
}

TEST_CASE("json_splitter: the last value of a stream may stop it too") {
  JsonSplitter splitter(0, [](std::string_view) -> Status {
    return Error{Reason::kSchema, "none of these"};
  });
  REQUIRE(splitter.Feed("7"));
  CHECK_FALSE(splitter.Finish());
}

}  // namespace
}  // namespace ipfs_peer_exporter
