#include "adapters/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>

namespace ipfs_peer_exporter {
namespace {

std::string Nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

// The number or decimal string in `text`; NaN if there is no number.
double NumberIn(std::string text) {
  const auto document = ParseJson(text);
  REQUIRE(document);
  return Number(*document).value_or(NAN);
}

TEST_CASE("json: a small value takes little memory") {
  std::string bytes = R"({"Cid": {"/": "Qm"}})";
  auto document = ParseJson(bytes);
  REQUIRE(document);
  CHECK(document->GetAllocator().Size() > 0);
  CHECK(document->GetAllocator().Capacity() <= 4096);
}

TEST_CASE("json: a document that is moved keeps its values") {
  std::string bytes = R"({"a": [1]})";
  std::string other = R"({"b": [2]})";
  JsonDocument moved;
  for (std::string* text : {&bytes, &other}) {
    auto document = ParseJson(*text);
    REQUIRE(document);
    moved = std::move(*document);
  }
  CHECK(Member(moved, "b")[0].GetInt() == 2);
}

TEST_CASE("json: text that is not one JSON value is rejected") {
  const std::string texts[] = {
      "",
      " ",
      "{",
      "}",
      "{]",
      "[1,]",
      "{\"a\":1,}",
      "{'a':1}",
      "{a:1}",
      "{\"a\" 1}",
      "01",
      "+1",
      ".5",
      "1.",
      "0x1",
      "tru",
      "nul",
      "\"a",
      "\"\\x\"",
      "\"\\ud800\"",
      "1 2",
      "{}{}",
      "[] x",
      "// c\n1",
      "<html></html>",
      "NaN",
      "Infinity",
      "-Infinity",
      "[NaN]",
      "\"\xff\"",
      "\"\x80\"",
      "\"\xc0\xaf\"",
      "\"\xed\xa0\x80\"",
      "1e999",
      "-1e999",
      std::string(400, '9'),
      "1" + std::string(400, '0') + "e-5",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    std::string bytes = text;
    const auto document = ParseJson(bytes);
    REQUIRE_FALSE(document);
    CHECK(document.error().reason == Reason::kParse);
    CHECK(document.error().message.starts_with("not JSON"));
  }
}

TEST_CASE("json: a NUL byte does not end the text") {
  const std::string_view texts[] = {
      std::string_view("\0", 1), std::string_view("1\0", 2),
      std::string_view("{}\0 garbage", 11), std::string_view("\"a\0b\"", 5)};
  for (const auto text : texts) {
    std::string bytes(text);
    const auto document = ParseJson(bytes);
    REQUIRE_FALSE(document);
    CHECK(document.error().reason == Reason::kParse);
  }
}

TEST_CASE("json: values of all kinds") {
  std::string bytes =
      R"( {"n":null,"t":true,"i":-3,"d":1.5e3,"s":"a\u00e9\n","l":[1,[]]} )";
  const auto document = ParseJson(bytes);
  REQUIRE(document);
  CHECK(Member(*document, "n").IsNull());
  CHECK(Member(*document, "t").GetBool());
  CHECK(Member(*document, "i").GetInt() == -3);
  CHECK(Member(*document, "d").GetDouble() == 1500);
  CHECK(Text(Member(*document, "s")) == "a\u00e9\n");
  CHECK(Member(*document, "l").Size() == 2);
}

TEST_CASE("json: Go's empty list is null and counts as a list") {
  std::string bytes = R"({"full":[1],"empty":[],"null":null,"text":"a"})";
  const auto document = ParseJson(bytes);
  REQUIRE(document);
  CHECK(HasList(*document, "full"));
  CHECK(HasList(*document, "empty"));
  CHECK(HasList(*document, "null"));
  CHECK_FALSE(HasList(*document, "text"));
  CHECK_FALSE(HasList(*document, "none"));
  CHECK_FALSE(HasList(Member(*document, "full"), "full"));
}

TEST_CASE("json: a member is looked for by a name that need not end in NUL") {
  std::string bytes = R"({"a":1,"ab":2})";
  const auto document = ParseJson(bytes);
  REQUIRE(document.has_value());
  CHECK(Member(*document, std::string_view("abc").substr(0, 1)).GetInt() == 1);
  CHECK(Member(*document, std::string_view("abc").substr(0, 2)).GetInt() == 2);
}

TEST_CASE("json: numbers read back as they were written") {
  struct Row {
    std::string text;
    double value;
  };
  const Row rows[] = {
      {"0", 0},
      {"-0", -0.0},
      {"0.1", 0.1},
      {"9007199254740991", 9007199254740991.0},
      {"9223372036854775807", 9223372036854775807.0},
      {"18446744073709551615", 18446744073709551615.0},
      {"18446744073709551616", 18446744073709551616.0},
      {"-9223372036854775808", -9223372036854775808.0},
      {"5e-324", 5e-324},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"0e99", 0},
      {"0." + std::string(1000, '0'), 0},
      {"0." + std::string(1000, '0') + "1", 0},
      {"1e-999", 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(NumberIn(row.text) == row.value);
  }
}

TEST_CASE("json: a number that exceeds a double is rejected") {
  const std::string numbers[] = {"1e999", "-1e999", std::string(400, '9')};
  for (auto bytes : numbers) {
    CAPTURE(bytes);
    CHECK_FALSE(ParseJson(bytes));
  }
}

TEST_CASE("json: decimal strings are numbers, other strings are not") {
  CHECK(NumberIn(R"("12")") == 12);
  CHECK(NumberIn(R"("-3.5e2")") == -350);
  CHECK(NumberIn(R"("18446744073709551615")") == 18446744073709551615.0);
  const std::string others[] = {
      R"("")",     R"(" 1")",  R"("1 ")",  R"("+1")",       R"("1,5")",
      R"("0x10")", R"("inf")", R"("nan")", R"("infinity")", R"("1e999")",
      R"("ten")",  R"(true)",  R"(null)",  R"([1])",        R"({})"};
  for (const auto& other : others) {
    CAPTURE(other);
    CHECK(std::isnan(NumberIn(other)));
  }
}

TEST_CASE("json: a count is a number that is not negative") {
  std::string bytes = R"({"a":3,"b":"4","c":-1,"d":"-1","e":null,"f":-0.0})";
  const auto document = ParseJson(bytes);
  REQUIRE(document);
  CHECK(Count(*document, "a") == 3);
  CHECK(Count(*document, "b") == 4);
  CHECK(Count(*document, "f") == 0);
  for (const std::string name : {"c", "d", "e", "missing", ""}) {
    CAPTURE(name);
    CHECK_FALSE(Count(*document, name));
  }
}

TEST_CASE("json: the member of something else than an object is null") {
  for (const std::string text : {"[1]", "\"a\"", "7", "null", "{\"b\":1}"}) {
    std::string bytes = text;
    const auto document = ParseJson(bytes);
    REQUIRE(document);
    CHECK(Member(*document, "a").IsNull());
  }
}

TEST_CASE("json: one of two members with the same name is found") {
  std::string bytes = R"({"a":1,"a":2})";
  const auto document = ParseJson(bytes);
  REQUIRE(document);
  CHECK(document->MemberCount() == 2);
  CHECK(Count(*document, "a") == 1);
}

TEST_CASE("json: the text of something else than a string is empty") {
  for (const std::string text :
       {"[\"a\"]", "7", "null", "true", "{}", "\"\""}) {
    std::string bytes = text;
    const auto document = ParseJson(bytes);
    REQUIRE(document);
    CHECK(Text(*document) == "");
  }
}

TEST_CASE("json: text that is invalid in a label is empty") {
  struct Row {
    std::string json;
    std::string label;
  };
  const std::string longest(256, 'x');
  const Row rows[] = {
      {R"("caf\u00e9")", "caf\u00e9"},
      {"\"" + longest + "\"", longest},
      {"\"" + longest + "x\"", ""},
      {R"("\udc00")", ""},
      {R"("a\u0000")", ""},
      {R"(7)", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.json);
    std::string bytes = row.json;
    const auto document = ParseJson(bytes);
    REQUIRE(document);
    CHECK(LabelText(*document) == row.label);
  }
}

TEST_CASE("json: a text knows its length, not a NUL") {
  std::string bytes = R"("a\u0000b")";
  const auto document = ParseJson(bytes);
  REQUIRE(document);
  CHECK(Text(*document) == std::string_view("a\0b", 3));
}

TEST_CASE("json: NaN and infinities where they are allowed") {
  std::string bytes = "[NaN,Infinity,-Infinity]";
  const auto document = ParseJson(bytes, {.allow_nan = true});
  REQUIRE(document);
  CHECK(std::isnan((*document)[0].GetDouble()));
  CHECK((*document)[1].GetDouble() == INFINITY);
  CHECK((*document)[2].GetDouble() == -INFINITY);
}

TEST_CASE("json: sixteen brackets are taken, seventeen are not") {
  std::string most = Nested(kMaxJsonDepth);
  CHECK(ParseJson(most));
  std::string more = Nested(kMaxJsonDepth + 1);
  const auto document = ParseJson(more);
  REQUIRE_FALSE(document);
  CHECK(document.error().reason == Reason::kParse);
  CHECK(document.error().message.ends_with("nested too deep"));
}

TEST_CASE("json: a hundred thousand brackets do not reach the stack") {
  for (const auto deep : {DeepJson::kRefuse, DeepJson::kPrune}) {
    std::string bytes = Nested(100'000);
    CHECK_FALSE(ParseJson(bytes, {.deep = deep}));
    std::string open(100'000, '[');
    CHECK_FALSE(ParseJson(open, {.deep = deep}));
  }
}

TEST_CASE("json: values that are too deep are pruned and counted") {
  // 15 arrays around an object with one child that is deep and two that are
  // not.
  const std::string open(kMaxJsonDepth - 1, '[');
  const std::string close(kMaxJsonDepth - 1, ']');
  std::string bytes =
      open + R"({"a":1,"deep":{"x":[[1],{"y":2}]},"b":2})" + close;
  std::uint64_t pruned = 0;
  const auto document =
      ParseJson(bytes, {.deep = DeepJson::kPrune, .pruned = &pruned});
  REQUIRE(document);
  CHECK(pruned == 1);
  const rapidjson::Value* value = &*document;
  for (int i = 0; i < kMaxJsonDepth - 1; ++i) {
    REQUIRE(value->IsArray());
    REQUIRE(value->Size() == 1);
    value = value->Begin();
  }
  CHECK(Count(*value, "a") == 1);
  CHECK(Count(*value, "b") == 2);
  CHECK(Member(*value, "deep").ObjectEmpty());
}

TEST_CASE("json: each subtree that is too deep is counted") {
  std::string bytes = Nested(kMaxJsonDepth - 1);
  bytes.insert(kMaxJsonDepth - 1, "[[],[[[]]],{},1]");
  std::uint64_t pruned = 7;
  CHECK(ParseJson(bytes, {.deep = DeepJson::kPrune, .pruned = &pruned}));
  CHECK(pruned == 3);
}

TEST_CASE("json: the count is zero if nothing is too deep") {
  std::string bytes = Nested(kMaxJsonDepth);
  std::uint64_t pruned = 7;
  CHECK(ParseJson(bytes, {.deep = DeepJson::kPrune, .pruned = &pruned}));
  CHECK(pruned == 0);
}

TEST_CASE("json: 131,072 values are taken, one more is too large") {
  std::string most = "[1";
  for (std::size_t i = 2; i < kMaxJsonValues; ++i) most += ",1";
  std::string more = most + ",1]";
  most += "]";
  CHECK(ParseJson(most));
  const auto document = ParseJson(more);
  REQUIRE_FALSE(document);
  CHECK(document.error().reason == Reason::kTooLarge);
}

TEST_CASE("json: keys and containers count as values, pruned ones too") {
  std::string containers = "[[]";
  for (std::size_t i = 1; i < kMaxJsonValues; ++i) containers += ",[]";
  containers += "]";
  CHECK_FALSE(ParseJson(containers));
  std::string keys = "{\"\":1";
  for (std::size_t i = 0; i < kMaxJsonValues / 2; ++i) keys += ",\"\":1";
  keys += "}";
  CHECK_FALSE(ParseJson(keys));
}

TEST_CASE("json: pruning does not lift the limit of values") {
  // Each of these subtrees stays behind as one {}.
  std::string bytes(kMaxJsonDepth, '[');
  bytes += "{}";
  for (std::size_t i = 0; i < kMaxJsonValues; ++i) bytes += ",{}";
  bytes += std::string(kMaxJsonDepth, ']');
  const auto document = ParseJson(bytes, {.deep = DeepJson::kPrune});
  REQUIRE_FALSE(document);
  CHECK(document.error().reason == Reason::kTooLarge);
}

}  // namespace
}  // namespace ipfs_peer_exporter
