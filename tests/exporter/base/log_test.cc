#include "exporter/base/log.h"

#include <doctest/doctest.h>

#include "tests/exporter/stderr_of.h"

namespace ipfs_peer_exporter {
namespace {

// The line of one message, without its time stamp.
std::string Line(LogFormat format, const std::string& value) {
  auto line = StderrOf([&] {
    SetUpLog(LogLevel::kInfo, format);
    Log(LogLevel::kInfo, "daemon up", {{"value", value}});
  });
  const bool json = format == LogFormat::kJson;
  const std::string before = json ? "{\"ts\":\"" : "ts=";
  const std::string stamp = "2026-11-22T17:00:00.123Z";
  REQUIRE(line.starts_with(before));
  REQUIRE(line.size() > before.size() + stamp.size());
  CHECK(line[before.size() + 10] == 'T');
  CHECK(line[before.size() + stamp.size() - 1] == 'Z');
  line.erase(0, before.size() + stamp.size());
  return line;
}

TEST_CASE("log: values are quoted where they have to be") {
  struct Row {
    std::string value;
    std::string printed;
  };
  const Row rows[] = {
      {"0.42.0", "0.42.0"},
      {"127.0.0.1:5001", "127.0.0.1:5001"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a=b", "\"a=b\""},
      {"a\"b\\", "\"a\\\"b\\\\\""},
      {"caf\u00e9", "\"caf\u00e9\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    CHECK(Line(LogFormat::kLogfmt, row.value) ==
          " level=info msg=\"daemon up\" value=" + row.printed + "\n");
  }
}

TEST_CASE("log: control characters in text of neighbours are escaped") {
  const std::string values[] = {
      "a\nlevel=error",       "a\r",      "\x1b[2J",      "\x7f", "\xff",
      std::string("a\0b", 3), "\u009b2J", "caf\u00e9\xff"};
  for (const auto& value : values) {
    for (const auto format : {LogFormat::kLogfmt, LogFormat::kJson}) {
      auto line = Line(format, value);
      REQUIRE(line.ends_with('\n'));
      line.pop_back();
      CAPTURE(line);
      CHECK(line.find_first_of(std::string("\n\r\x1b\x7f\xff\0", 6)) ==
            std::string::npos);
      CHECK(line.find("\u009b") == std::string::npos);
      CHECK(line.find("\\u00") != std::string::npos);
    }
  }
}

TEST_CASE("log: bidirectional controls and line ends are escaped") {
  struct Row {
    std::string text;
    std::string printed;
  };
  const Row rows[] = {
      {"\u0080", "\\u0080"},          {"\u009f", "\\u009f"},
      {"\u00a0", "\u00a0"},           {"\u061c", "\\u061c"},
      {"\u200d", "\u200d"},           {"\u200e", "\\u200e"},
      {"\u200f", "\\u200f"},          {"\u2027", "\u2027"},
      {"\u2028", "\\u2028"},          {"\u2029", "\\u2029"},
      {"\u202e", "\\u202e"},          {"\u202f", "\u202f"},
      {"\u2065", "\u2065"},           {"\u2066", "\\u2066"},
      {"\u2069", "\\u2069"},          {"\x7f", "\\u007f"},
      {"\xe2\x80", "\\u00e2\\u0080"}, {"\U0001f41f", "\U0001f41f"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(Printable(row.text) == row.printed);
    CHECK(Line(LogFormat::kLogfmt, row.text) ==
          " level=info msg=\"daemon up\" value=\"" + row.printed + "\"\n");
  }
}

TEST_CASE("log: as JSON") {
  CHECK(Line(LogFormat::kJson, "a \"b\"") ==
        "\",\"level\":\"info\",\"msg\":\"daemon up\",\"value\":\"a "
        "\\\"b\\\"\"}\n");
}

TEST_CASE("log: messages below the level are not written") {
  const auto text = StderrOf([] {
    SetUpLog(LogLevel::kWarn, LogFormat::kLogfmt);
    Log(LogLevel::kDebug, "no");
    Log(LogLevel::kInfo, "no");
    Log(LogLevel::kWarn, "first");
    Log(LogLevel::kError, "second");
  });
  CHECK(text.find("msg=no") == std::string::npos);
  CHECK(text.find(" level=warn msg=first\n") != std::string::npos);
  CHECK(text.ends_with(" level=error msg=second\n"));
}

TEST_CASE("log: the level can change") {
  const auto text = StderrOf([] {
    SetUpLog(LogLevel::kWarn, LogFormat::kLogfmt);
    Log(LogLevel::kInfo, "no");
    SetLogLevel(LogLevel::kInfo);
    Log(LogLevel::kInfo, "yes");
  });
  CHECK(text.find("msg=no") == std::string::npos);
  CHECK(text.ends_with(" level=info msg=yes\n"));
}

}  // namespace
}  // namespace ipfs_peer_exporter
