#include "adapters/peer/json_mender.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter::peer {
namespace {

std::string Mended(std::string bytes) {
  MendJson(bytes);
  return bytes;
}

// As the value of a member and as an element.
std::string MendedValue(const std::string& value) {
  const auto member = Mended(R"({"a": )" + value + R"( ,"b":1})");
  const auto element = Mended("[" + value + "]");
  const auto written = element.substr(1, element.size() - 2);
  CHECK(member == R"({"a": )" + written + R"( ,"b":1})");
  return written;
}

struct Row {
  std::string text;
  std::string json;
};

TEST_CASE("json mender: valid JSON is unchanged") {
  for (const std::string value :
       {"0", "-0", "12", "-1.50", "1e5", "1E+05", "2.5e-99", "true", "false",
        "null", "\"nan\"", "\"+1 .5 True\"", "{}", "[]", "[1,2]", "NaN", "Inf",
        "{\"nan\":{\"a\":-1}}"}) {
    CAPTURE(value);
    CHECK(MendedValue(value) == value);
  }
}

TEST_CASE("json mender: numbers as programs print them") {
  const Row rows[] = {
      {"+1", "1"},          {".5", "0.5"},
      {"-.5", "-0.5"},      {"+.5", "0.5"},
      {"5.", "5"},          {"5.e1", "50"},
      {"007", "7"},         {"-01.5", "-1.5"},
      {"0e309", "0"},       {"1e-400", "0"},
      {"2e-0010", "2e-10"}, {"+18446744073709551616", "18446744073709551616"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(MendedValue(row.text) == row.json);
  }
}

TEST_CASE("json mender: non-finite numbers") {
  const Row rows[] = {
      {"nan", "NaN"},
      {"-nan", "NaN"},
      {"+nan", "NaN"},
      {"NAN", "NaN"},
      {"nan(0x8000)", "NaN"},
      {"-nan(ind)", "NaN"},
      {"nan(snan)", "NaN"},
      {"inf", "Inf"},
      {"-inf", "-Inf"},
      {"+Inf", "Inf"},
      {"INFINITY", "Inf"},
      {"-Infinity", "-Inf"},
      {"1.#INF", "NaN"},
      {"-1.#INF00", "NaN"},
      {"1.#QNAN", "NaN"},
      {"-1.#IND", "NaN"},
      {"1.#J", "NaN"},
      {"1e400", "Inf"},
      {"-1e400", "-Inf"},
      {std::string(290, '1') + "e99", "Inf"},
      {std::string(400, '9'), "Inf"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(MendedValue(row.text) == row.json);
  }
}

TEST_CASE("json mender: text that begins like a number") {
  for (const std::string text : {"0x1F", "1_000", "1.2.3", "12kB", "1e", "1e+",
                                 "-1a", "+0x1p-3", "2026-11-25", "1.0..2"}) {
    CAPTURE(text);
    CHECK(MendedValue(text) == "\"" + text + "\"");
  }
}

TEST_CASE("json mender: words of other languages") {
  const Row rows[] = {{"True", "true"},     {"FALSE", "false"},
                      {"None", "null"},     {"nil", "null"},
                      {"NULL", "null"},     {"NA", "null"},
                      {"undefined", "null"}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(MendedValue(row.text) == row.json);
  }
}

TEST_CASE("json mender: a decimal comma where it cannot be JSON is text") {
  CHECK(Mended(R"({"a":0,5,"b":1,234,567,"c": -1,5})") ==
        R"({"a":"0,5","b":"1,234,567","c": "-1,5"})");
  for (const std::string bytes :
       {"[0,5]", R"({"a":[0,5]})", R"({"a":1,"b":2})", R"({"a":1, 5})",
        R"({"a":"x",5})", R"({"a":1,5:6})", R"({"a":1,)", R"({"a":-,5})"}) {
    CAPTURE(bytes);
    CHECK(Mended(bytes) == bytes);
  }
}

TEST_CASE("json mender: broken JSON stays broken") {
  for (const std::string bytes :
       {"{0x1f:1}", "{1.2 :1}", "[foo]", "[tru]", "[-]", "[+]", "[.]", "[--1]",
        "[+-1]", "[-foo]", "[e5]", "[truee]", "'a'", "\\", "/* 1 */", "\xff",
        "(null)"}) {
    CAPTURE(bytes);
    CHECK(Mended(bytes) == bytes);
  }
}

TEST_CASE("json mender: strings keep text that is valid in a label") {
  CHECK(Mended("[\"a\xff\xfe\", \"\\x\", \"\\ud800\", \"\n\", nan]") ==
        R"(["a\udc00", "\udc00x", "\udc00ud800", "\udc00", NaN])");
  CHECK(Mended(R"(["\ud83d\ude00\"", "+1"])") == R"(["\ud83d\ude00\"", "+1"])");
  CHECK(Mended("[\"a\xff").ends_with("\\udc00"));
}

TEST_CASE("json mender: the output is not much larger than the input") {
  for (const std::string part : {".5,", "0x,", "\"\xff\",", "nan ", "1.,"}) {
    CAPTURE(part);
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += part;
    CHECK(Mended(bytes).size() <= 3 * bytes.size());
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
