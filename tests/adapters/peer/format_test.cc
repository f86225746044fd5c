#include "adapters/peer/format.h"

#include <doctest/doctest.h>

#include "tests/adapters/peer/translated.h"

namespace ipfs_peer_exporter::peer {
namespace {

std::string Recognised(std::string_view bytes) {
  const auto* format = Recognise(bytes);
  return std::string(format == nullptr ? "" : format->name);
}

TEST_CASE("peer format: what has none") {
  for (const auto* bytes :
       {"", " ", "\n\n", "hello", "hello\na=1\n", "<html>", "<p class=\"x\">",
        "<!DOCTYPE html>\n", "HTTP/1.1 200 OK\r\n", "\"text\"", "7", "null",
        "x", "x{a=\"b\"", "=1", "# a remark\n", "\xff\xfe", "\x1f\x8b"}) {
    CAPTURE(bytes);
    CHECK(Recognised(bytes) == "");
    CHECK(TranslateWith(FindFormat("auto")->translate, bytes).error == "parse");
  }
}

TEST_CASE("peer format: the first line that is no remark tells") {
  struct Row {
    std::string bytes;
    std::string format;
  };
  const Row rows[] = {
      {"{}", "json"},
      {" \r\n\t{\"a\":", "json"},
      {"[", "json"},
      {"# HELP x y\n", "prometheus"},
      {"# TYPE x counter\n", "prometheus"},
      {"# EOF", "prometheus"},
      {"\n# a remark\nx 1\n", "prometheus"},
      {"x{a=\"b=c\"} 1\n", "prometheus"},
      {"x\t1 1700000000\nbad", "prometheus"},
      {"a=1", "key-value"},
      {"# a remark\n\na.b-c = text\nx 1\n", "key-value"},
      {"a: 1\n", "key-value"},
      {"a:1\n", "key-value"},
      {"a : 1\n", "key-value"},
      {"job:x:rate 1\n", "key-value"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    CHECK(Recognised(row.bytes) == row.format);
  }
}

TEST_CASE("peer format: each is found by its name") {
  CHECK(FindFormat("") == nullptr);
  CHECK(FindFormat("JSON") == nullptr);
  for (const auto& format : kFormats) CHECK(FindFormat(format.name) == &format);
}

TEST_CASE("peer format: auto translates what it recognises") {
  for (const auto* bytes : {"{\"x\":1}", "x 1\n", "x=1\n", "x: 1\n"}) {
    CAPTURE(bytes);
    CHECK(TranslateWith(FindFormat("auto")->translate, bytes).lines ==
          "peer_x 1\n");
  }
}

TEST_CASE("peer format: one that is set is not guessed") {
  CHECK(TranslateWith(FindFormat("json")->translate, "x=1\n").error == "parse");
  CHECK(TranslateWith(FindFormat("prometheus")->translate, "a:b 1\nx 1\n")
            .lines == "peer_x 1\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
