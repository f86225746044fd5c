#include "adapters/peer/format.h"

#include <doctest/doctest.h>

#include "adapters/peer/text_lines.h"
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
        "<!DOCTYPE html>\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 \r\n",
        "\"text\"", "7", "null", "x", "x{a=\"b\"", "=1", "# a remark\n",
        "\xff\xfe", "\x1f\x8b"}) {
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
      {"# HELP in-serv x\nin-serv 2\n", "prometheus"},
      {"in-serv 2\nok 1\n", "prometheus"},
      {"{\"http.requests\"} 3\nok 1\n", "prometheus"},
      {"{\"\"} 3\nok 1\n", "prometheus"},
      {"{\"a\":1} 3\n", "json"},
      {"bad{x=\"C:\\Users\"} 1\nok 1\n", "prometheus"},
      {"bad{x=\"y\"} one\nok 1\n", "prometheus"},
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
            .lines == "peer_a_b 1\npeer_x 1\n");
}

// The documents that no one here wrote.
TEST_CASE("peer format: the first name of Prometheus text does not decide") {
  struct Row {
    std::string bytes;
    std::string lines;
  };
  const Row rows[] = {
      {"# HELP in-serv x\n# TYPE in-serv gauge\nin-serv 2\n# TYPE ok gauge\n"
       "ok 1\n",
       "peer_in_serv 2\npeer_ok 1\n"},
      {"# TYPE ok gauge\nok 1\n# TYPE in-serv gauge\nin-serv 2\nc 3\n",
       "peer_ok 1\npeer_in_serv 2\npeer_c 3\n"},
      {"{\"http.requests\"} 3\nok 1\n", "peer_http_requests 3\npeer_ok 1\n"},
      {"bad{x=\"C:\\Users\"} 1\nok 1\n",
       "peer_bad{x=\"C:\\\\Users\"} 1\npeer_ok 1\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    const auto translated =
        TranslateWith(FindFormat("auto")->translate, row.bytes);
    CHECK(translated.lines == row.lines);
    CHECK(translated.skipped.empty());
  }
}

TEST_CASE("peer format: a byte-order mark is dropped, once") {
  for (const std::string bytes : {"\xEF\xBB\xBFx 1", "x 1"}) {
    auto dropped = bytes;
    DropByteOrderMark(dropped);
    CHECK(dropped == "x 1");
  }
  for (const std::string bytes : {"", "\xEF\xBB", "x\xEF\xBB\xBF"}) {
    auto kept = bytes;
    DropByteOrderMark(kept);
    CHECK(kept == bytes);
  }
  std::string twice = "\xEF\xBB\xBF\xEF\xBB\xBF";
  DropByteOrderMark(twice);
  CHECK(twice == "\xEF\xBB\xBF");
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
