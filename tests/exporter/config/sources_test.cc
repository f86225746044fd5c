#include "exporter/config/sources.h"

#include <doctest/doctest.h>

#include <fstream>
#include <utility>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

struct Values {
  std::string word;
  std::size_t number = 0;
  bool on = false;
  Texts list;
};

std::vector<Flag> Table(Values& values) {
  return {
      {"--a.word", "TEXT", "", One(values.word), "A word"},
      {"--a.number", "NUMBER", "7",
       One(values.number, Number<std::size_t>(1, 9)), "A number"},
      {"--a.on", "", "", Switch(values.on), "A switch"},
      {"--no-a.word", "", "", Switch(values.on), ""},
      {"--a.list", "TEXT", "", List(values.list, {.distinct = true}), "A list"},
      {"--config.file", "FILE", "", One(values.word), "The file"},
      {"--command", "", "", Switch(values.on), "A command"},
  };
}

std::string ErrorOf(const Settings& settings) {
  Values values;
  const auto status = Apply(Table(values), settings);
  return status ? "" : status.error().message;
}

TEST_CASE("sources: defaults") {
  Values values;
  REQUIRE(Apply(Table(values), {}));
  CHECK(values.word == "");
  CHECK(values.number == 7);
  CHECK_FALSE(values.on);
  CHECK(values.list.empty());
}

TEST_CASE("sources: values") {
  Values values;
  REQUIRE(Apply(Table(values), {{"--a.word", {{"x y"}, ""}},
                                {"--a.number", {{"9"}, ""}},
                                {"--a.on", {{"Yes"}, ""}},
                                {"--a.list", {{"x,y", "z w"}, ""}}}));
  CHECK(values.word == "x y");
  CHECK(values.number == 9);
  CHECK(values.on);
  CHECK((values.list == Texts{"x", "y", "z", "w"}));
}

TEST_CASE("sources: an error begins with the source of the value") {
  CHECK(ErrorOf({{"--a.number", {{"10"}, "HERE"}}}) ==
        "HERE: \"10\" is not a number from 1 to 9");
  CHECK(ErrorOf({{"--a.number", {{""}, "HERE"}}}) ==
        "HERE: the value is empty");
  CHECK(ErrorOf({{"--a.on", {{""}, "HERE"}}}) == "HERE: the value is empty");
  CHECK(ErrorOf({{"--a.on", {{"x"}, "HERE"}}}) ==
        "HERE: \"x\" is neither true nor false");
  CHECK(ErrorOf({{"--a.word", {{"x", "y"}, "HERE"}}}) ==
        "HERE: given more than once");
  CHECK(ErrorOf({{"--a.list", {{"x", "y,x"}, "HERE"}}}) ==
        "HERE: \"x\" is given twice");
  CHECK(ErrorOf({{"--a.list", {Texts(101, "x"), "HERE"}}}) ==
        "HERE: more than 100 values");
  CHECK(ErrorOf({{"--a.word", {{""}, "HERE"}}}) == "");
}

TEST_CASE("sources: the environment") {
  const ScopedEnv word("IPFS_PEER_EXPORTER_A_WORD", "x y");
  const ScopedEnv empty("IPFS_PEER_EXPORTER_A_NUMBER", "");
  const ScopedEnv list("IPFS_PEER_EXPORTER_A_LIST", " x\ty\n");
  const ScopedEnv command("IPFS_PEER_EXPORTER_COMMAND", "true");
  Values values;
  const auto settings = FromEnvironment(Table(values));
  REQUIRE(settings.size() == 2);
  CHECK((settings.at("--a.word").texts == Texts{"x y"}));
  CHECK(settings.at("--a.word").where == "IPFS_PEER_EXPORTER_A_WORD");
  CHECK((settings.at("--a.list").texts == Texts{"x", "y"}));
}

TEST_CASE("sources: the file") {
  const ScopedFolder folder;
  const auto path = folder.File("config.yml");
  Values values;
  const auto flags = Table(values);
  std::ofstream(path) << "a.word: x\na.list: []\n";
  const auto settings = FromFile(flags, path);
  REQUIRE(settings);
  REQUIRE(settings->size() == 2);
  CHECK((settings->at("--a.word").texts == Texts{"x"}));
  CHECK(settings->at("--a.word").where == "--a.word: " + path + ":1:1");
  CHECK((settings->at("--a.list").texts == Texts{""}));
  for (const std::string key : {"a.other", "config.file", "command"}) {
    std::ofstream(path) << "\n" << key << ": x\n";
    const auto bad = FromFile(flags, path);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message == path + ":2:1: there is no flag --" + key);
  }
}

TEST_CASE("sources: a weaker source sets only missing values") {
  Settings settings{{"--a.word", {{"strong"}, ""}}};
  Merge(settings, {{"--a.word", {{"weak"}, ""}},
                   {"--no-a.word", {{"true"}, ""}},
                   {"--a.number", {{"1"}, ""}}});
  REQUIRE(settings.size() == 2);
  CHECK((settings.at("--a.word").texts == Texts{"strong"}));
  CHECK((settings.at("--a.number").texts == Texts{"1"}));
}

}  // namespace
}  // namespace ipfs_peer_exporter
