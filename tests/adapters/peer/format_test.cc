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

TEST_CASE("peer format: unknown formats") {
  for (const auto* bytes :
       {"",
        " ",
        "\n\n",
        "hello",
        "<html>",
        "<html>\na=1\n",
        "<p class=\"x\">",
        "<!DOCTYPE html>\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 \r\n",
        "\"text\"",
        "7",
        "null",
        "x",
        "x{a=\"b\"",
        "bad{x=1} 1\n",
        "bad 1,5\n",
        "error 404 not found\nok 1\n",
        "404 5%\nok 1\n",
        "=1",
        "# a remark\n",
        "\xff\xfe",
        "\x1f\x8b",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        "220 host ESMTP\nqueued: 1\n",
        "ERROR\r\n",
        "-NOAUTH\r\n",
        "a=text\n",
        "a.b: text\nc=12 kB\n",
        "one two three four five: 1\n",
        "a,b=1\n",
        "<p>Error code: 404\n",
        "a=\xff\nb=1\n",
        "\xff=1\n"}) {
    CAPTURE(bytes);
    CHECK(Recognised(bytes) == "");
    CHECK(TranslateWith(FindFormat("auto")->translate, bytes).error == "parse");
  }
}

TEST_CASE("peer format: the first line that is not a comment decides") {
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
      {"bad{x=\"C:\\\"} 1\nok 1\n", "prometheus"},
      {"bad{=} 1\nok 1\n", "prometheus"},
      {"bad{x=1} 1\nok 1\n", "prometheus"},
      {"bad 1,5\nok 1\n", "prometheus"},
      {"bad -0x1F\nok 1\n", "prometheus"},
      {"a=1", "key-value"},
      {"# a remark\n\na.b-c = text\n0\nx=1\n", "key-value"},
      {"hello\na=1\n", "key-value"},
      {"a=true\n", "key-value"},
      {"a: nan\n", "key-value"},
      {"Active connections: 291 \nserver accepts\n", "key-value"},
      {"localhost\nServerMPM: event\nTotal Accesses: 12\n", "key-value"},
      {"pool:  www\nmax children reached: 0\n", "key-value"},
      {"STAT pid 1\r\n", "key-value"},
      {"STAT version 1.6\r\nSTAT items:1:number 3\r\n", "key-value"},
      {"STAT 1 1700000000\n", "prometheus"},
      {"$20\r\n# Server\r\nuptime:5\r\n", "key-value"},
      {"+OK\r\n$3\r\na:1\r\n+OK\r\n", "key-value"},
      {"a: 1\n", "key-value"},
      {"a:1\n", "key-value"},
      {"a : 1\n", "key-value"},
      {"job:x:rate 1\n", "prometheus"},
      {"vllm:running{a=\"b\"} 1\n", "prometheus"},
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

// The replies of programs and proxies that were taken for keys.
TEST_CASE("peer format: text that only looks like key=value is an error") {
  for (const std::string bytes :
       {"cpu,host=a,cpu=cpu0 usage_user=1.5,usage_idle=98i 1700000000\n"
        "mem,host=a used=123i 1700000000\n",
        "error: stats are not ready yet\n",
        "0.Name.1:POS:str:HAProxy\n11.Uptime_sec.1:MDP:u32:96\n",
        "\"version\":\"2.0.10\",\n\"listen_queue\":0,\n\"load\":0,\n"
        "\"pid\":18883\n}\n",
        "loss: nan\n", "up=1\n", "x=1"}) {
    CAPTURE(bytes);
    const auto translated = TranslateWith(FindFormat("auto")->translate, bytes);
    CHECK(translated.error == "parse");
    CHECK(translated.lines == "");
  }
  CHECK(
      TranslateWith(FindFormat("key-value")->translate, "loss: nan\n").error ==
      "");
}

TEST_CASE("peer format: a set format is not guessed") {
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
