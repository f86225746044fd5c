#include "exporter/config/config_file.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

// The entries as "KEY@LINE:COLUMN=[VALUE][VALUE] ", or the error; both without
// the path of the file.
std::string Read(const std::string& text) {
  const ScopedFolder folder;
  const auto path = folder.File("config.yml");
  std::ofstream(path) << text;
  const auto entries = ReadConfigFile(path);
  if (!entries) {
    const auto& message = entries.error().message;
    REQUIRE(message.starts_with(path));
    return "error" + message.substr(path.size());
  }
  std::string line;
  for (const auto& entry : *entries) {
    REQUIRE(entry.where.starts_with(path + ":"));
    line += entry.key + "@" + entry.where.substr(path.size() + 1) + "=";
    for (const auto& value : entry.values) line += "[" + value + "]";
    line += " ";
  }
  return line;
}

TEST_CASE("config file: keys, values and positions") {
  CHECK(Read("") == "");
  CHECK(Read("# nothing\n") == "");
  CHECK(Read("{}") == "");
  CHECK(Read("a.b: c\n\n  # comment\nd: 10s\n") == "a.b@1:1=[c] d@4:1=[10s] ");
  CHECK(Read("a: [b, 'c d']\ne:\n- f\n- 1\n") ==
        "a@1:1=[b][c d] e@2:1=[f][1] ");
  CHECK(Read("a: []") == "a@1:1= ");
}

TEST_CASE("config file: values are kept as written") {
  CHECK(Read("a: true") == "a@1:1=[true] ");
  CHECK(Read("a: 010") == "a@1:1=[010] ");
  CHECK(Read("a: 0.50") == "a@1:1=[0.50] ");
  CHECK(Read("a: \"\"") == "a@1:1=[] ");
  CHECK(Read("a: unix:/b") == "a@1:1=[unix:/b] ");
  CHECK(Read("a: \"b\\nc\"") == "a@1:1=[b\nc] ");
  CHECK(Read("a: &x b\nc: *x") == "a@1:1=[b] c@2:1=[b] ");
}

TEST_CASE("config file: errors name line and column") {
  struct Row {
    std::string text;
    std::string error;
  };
  const Row rows[] = {
      {"a", "error:1:1: must map flags to values"},
      {"- a: b", "error:1:1: must map flags to values"},
      {"a: b\na: c", "error:2:1: a is given twice"},
      {"[a]: b", "error:1:1: a key must be a string"},
      {"a: {b: c}",
       "error:1:4: must be a string, a number, true, false or a list of these"},
      {"a: [b, [c]]",
       "error:1:8: must be a string, a number, true, false or a list of these"},
      {"a:",
       "error:1:1: must be a string, a number, true, false or a list of these"},
      {"a: [b", "error:1:1: end of sequence flow not found"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(Read(row.text) == row.error);
  }
}

TEST_CASE("config file: a file that cannot be read") {
  CHECK(ReadConfigFile("/nowhere.yml").error().message ==
        "/nowhere.yml: No such file or directory");
  CHECK(ReadConfigFile("/").error().message == "/: not a file");
  CHECK(Read(std::string((1 << 20) + 1, '#')).starts_with("error: "));
}

}  // namespace
}  // namespace ipfs_peer_exporter
