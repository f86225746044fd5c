#include "exporter/config/mapping_file.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/adapters/peer/translated.h"
#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

// The mapping in a file with this text; its name is FILE in errors.
Result<peer::Mapping> Read(const std::string& text) {
  const ScopedFolder folder;
  const auto path = folder.File("mapping.yml");
  std::ofstream(path) << text;
  auto mapping = ReadMappingFile(path);
  if (mapping) return mapping;
  auto error = mapping.error();
  REQUIRE(error.message.starts_with(path));
  return Error{error.reason, "FILE" + error.message.substr(path.size())};
}

std::string ErrorOf(const std::string& text) {
  const auto mapping = Read(text);
  return mapping ? "" : mapping.error().message;
}

// The result of a mapping for a document, with "FOUND/KEPT " for each rule.
struct Mapped {
  std::string error;
  std::string lines;
  std::string skipped;
  std::string counts;
};

Mapped Map(const std::string& rules, std::string document) {
  const auto mapping = Read("rules:\n" + rules);
  if (!mapping) FAIL(mapping.error().message);
  const peer::Options options;
  peer::Samples samples(options);
  const auto counts = TranslateMapped(document, *mapping, samples);
  Mapped mapped{counts ? "" : std::string(Name(counts.error().reason)),
                Lines(samples.families()), peer::ToText(samples.skipped()), ""};
  if (!counts) return mapped;
  for (const auto& count : *counts) {
    mapped.counts +=
        std::to_string(count.found) + "/" + std::to_string(count.kept) + " ";
  }
  return mapped;
}

TEST_CASE("mapping file: errors with line and column") {
  struct Row {
    std::string text;
    std::string error;
  };
  const std::string metric = "rules:\n- path: /a\n  name: a\n";
  const Row rows[] = {
      {"", "FILE: has no rules"},
      {"rules: []", "FILE: has no rules"},
      {"rules: [", "FILE:1:1: end of sequence flow not found"},
      {"- path: /a", "FILE:1:1: must map keys to values"},
      {"rule: []", "FILE:1:1: unknown key rule"},
      {"{}", "FILE:1:1: rules is missing"},
      {"rules: {}", "FILE:1:8: must be a list of rules"},
      {"rules: []\nrules: []", "FILE:2:1: rules is given twice"},
      {"rules:\n- 1", "FILE:2:3: must map keys to values"},
      {"rules:\n- name: a", "FILE:2:3: path is missing"},
      {"rules:\n- path: /a", "FILE:2:3: name is missing"},
      {"rules:\n- path: a\n  name: a",
       "FILE:2:9: \"a\" is not a JSON Pointer such as /workers/0/id"},
      {"rules:\n- path: '#/a'\n  name: a",
       "FILE:2:9: \"#/a\" is not a JSON Pointer such as /workers/0/id"},
      {"rules:\n- path: /~2\n  name: a",
       "FILE:2:9: \"/~2\" is not a JSON Pointer such as /workers/0/id"},
      {"rules:\n- path: [a]\n  name: a", "FILE:2:9: must be a string"},
      {"rules:\n- path: /a\n  name: a-b",
       "FILE:3:9: \"a-b\" is not a name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {metric + "  typ: gauge", "FILE:4:3: unknown key typ"},
      {metric + "  type: Gauge",
       "FILE:4:9: Gauge is not one of gauge, counter, info, histogram"},
      {metric + "  scale: ten", "FILE:4:10: must be a number above 0"},
      {metric + "  scale: 0", "FILE:4:10: must be a number above 0"},
      {metric + "  scale: .inf", "FILE:4:10: must be a number above 0"},
      {metric + "  values: UP", "FILE:4:11: must map strings to numbers"},
      {metric + "  values: [UP]", "FILE:4:11: must map strings to numbers"},
      {metric + "  values: {}", "FILE:4:11: must map strings to numbers"},
      {metric + "  values: {UP: up}", "FILE:4:16: must be a number"},
      {metric + "  values: {UP: true}", "FILE:4:16: must be a number"},
      {metric + "  values: {UP: .nan}", "FILE:4:16: must be a number"},
      {metric + "  values: {UP: [1]}", "FILE:4:16: must be a number"},
      {metric + "  values: {UP: }", "FILE:4:16: must be a number"},
      {metric + "  values: {[UP]: 1}", "FILE:4:12: must be a string"},
      {metric + "  values: {null: 1}", "FILE:4:12: null must be quoted"},
      {metric + "  values: {UP: 1, UP: 2}", "FILE:4:19: UP is given twice"},
      {metric + "  values: {UP: 1}\n  type: info",
       "FILE:4:11: applies only to gauges and counters"},
      {metric + "  values: {UP: 1}\n  default: x",
       "FILE:5:12: must be a number"},
      {metric + "  default: 0", "FILE:4:12: needs values"},
      {metric + "  help: [a]", "FILE:4:9: must be a string"},
      {metric + "  help: \"\\0\"", "FILE:4:9: is not UTF-8"},
      {metric + "  buckets: /b", "FILE:4:12: applies only to histograms"},
      {metric + "  labels: a",
       "FILE:4:11: must map names to strings or {path: …}"},
      {metric + "  labels: {1: a}",
       "FILE:4:12: \"1\" is not a name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {metric + "  labels: {a: [b]}", "FILE:4:15: must be a string"},
      {metric + "  labels: {a: {key: b}}", "FILE:4:16: unknown key key"},
      {metric + "  labels: {a: {}}", "FILE:4:15: path is missing"},
      {metric + "  type: histogram\n  sum: b",
       "FILE:5:8: \"b\" is not a JSON Pointer such as /workers/0/id"},
      {metric + "  path: /b", "FILE:4:3: path is given twice"},
      {"rules:\n- path: /a\n  name: " + std::string(201, 'a'),
       "FILE:3:9: \"" + std::string(201, 'a') +
           "\" is not a name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {"rules:\n- each: a\n  rules: []",
       "FILE:2:9: \"a\" is not a JSON Pointer such as /workers/0/id"},
      {"rules:\n- each: /a\n  rules: [{path: /b}]",
       "FILE:3:11: name is missing"},
      {"rules:\n- each: /a\n  rules: []", "FILE: has no rules"},
      {"rules:\n- each: /a\n  labels: [b]\n  rules: []",
       "FILE:3:11: must map names to strings or {path: …}"},
      {"rules:\n- each: /a", "FILE:2:3: rules is missing"},
      {"rules:\n- each: /a\n  name: a\n  rules: []",
       "FILE:3:3: unknown key name"},
      {"rules:\n- each: /a\n  key: a-b\n  rules: []",
       "FILE:3:8: \"a-b\" is not a name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {"rules:\n- each: /a\n  drop: lo\n  rules: []",
       "FILE:3:9: must map pointers, or key, to strings"},
      {"rules:\n- each: /a\n  drop: {lo: x}\n  rules: []",
       "FILE:3:10: \"lo\" is not a JSON Pointer such as /workers/0/id"},
      {"rules:\n- each: /a\n  drop: {key: {a: b}}\n  rules: []",
       "FILE:3:15: must be a string or a list of strings"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(ErrorOf(row.text) == row.error);
  }
}

TEST_CASE("mapping file: a table of strings has a limit") {
  std::string text = "rules:\n- path: /a\n  name: a\n  values:\n";
  for (int i = 0; i < 1000; ++i) text += "    " + std::to_string(i) + ": 1\n";
  CHECK(ErrorOf(text) == "");
  CHECK(ErrorOf(text + "    x: 1\n") == "FILE:5:5: more than 1000 strings");
}

TEST_CASE("mapping file: nested loops have a limit") {
  std::string text = "rules: ";
  for (int i = 0; i < 9; ++i) text += "[{each: /a, rules: ";
  CHECK(ErrorOf(text + "[]" + "}]}]}]}]}]}]}]}]}]") ==
        "FILE:1:161: more than 8 nested loops");
  std::string aliases = "rules:\n- &a0 {path: '', name: x}\n";
  for (int i = 1; i < 5; ++i) {
    const auto inner = "*a" + std::to_string(i - 1);
    aliases += "- &a" + std::to_string(i) + " {each: '', rules: [" + inner;
    for (int k = 0; k < 9; ++k) aliases += ", " + inner;
    aliases += "]}\n";
  }
  CHECK(ErrorOf(aliases).ends_with(": more than 1000 rules"));
  CHECK(ErrorOf("rules: &all [{each: '', rules: *all}]") != "");
}

TEST_CASE("mapping file: members of a rule and their defaults") {
  const auto mapping = Read(
      "rules:\n"
      "- {path: /a, name: a_total}\n"
      "- {path: /a, name: b_total, type: gauge, help: Text., scale: 0.5}\n"
      "- each: /c\n"
      "  key: c\n"
      "  rules:\n"
      "  - {path: '', name: d, labels: {role: web, id: {path: /id}}}\n");
  REQUIRE(mapping);
  const auto& metrics = mapping->metrics;
  REQUIRE(metrics.size() == 3);
  CHECK((metrics[0].sample.type == kCounter));
  CHECK(metrics[0].sample.help == "Value of the peer's stats (stats: /a).");
  CHECK(metrics[0].scale == 1);
  CHECK((metrics[1].sample.type == kGauge));
  CHECK(metrics[1].sample.help == "Text.");
  CHECK(metrics[1].scale == 0.5);
  CHECK(metrics[2].pattern == "/c/*");
  CHECK(metrics[2].where.ends_with(":7:5"));
  REQUIRE(metrics[2].labels.size() == 2);
  CHECK(metrics[2].labels[0].text == "web");
  CHECK_FALSE(metrics[2].labels[0].path);
  CHECK(metrics[2].labels[1].path);
  CHECK((mapping->rules.metrics == std::vector<std::size_t>{0, 1}));
  REQUIRE(mapping->rules.loops.size() == 1);
  CHECK(mapping->rules.loops[0].key == "c");
  CHECK((mapping->rules.loops[0].rules.metrics == std::vector<std::size_t>{2}));
}

TEST_CASE("mapping file: a missing file") {
  const auto mapping = ReadMappingFile("/nowhere.yml");
  REQUIRE_FALSE(mapping);
  CHECK(mapping.error().message == "/nowhere.yml: No such file or directory");
}

TEST_CASE("mapping: invalid JSON gives nothing") {
  const auto mapped = Map("- {path: /a, name: a}", "a=1\n");
  CHECK(mapped.error == "parse");
  CHECK(mapped.lines == "");
}

TEST_CASE("mapping: a value of another kind is skipped alone") {
  struct Row {
    std::string rule;
    std::string document;
    std::string skipped;
    std::string counts;
  };
  const Row rows[] = {
      {"{path: /x, name: x}", "{}", "", "0/0"},
      {"{path: /x, name: x}", "[]", "", "0/0"},
      {"{path: /x, name: x}", "7", "", "0/0"},
      {"{path: /x, name: x}", R"({"x":null})", "", "0/0"},
      {"{path: /x/y, name: x}", R"({"x":[1]})", "", "0/0"},
      {"{path: /x/1, name: x}", R"({"x":[1]})", "", "0/0"},
      {"{path: /x/01, name: x}", R"({"x":[1,2]})", "", "0/0"},
      {"{path: /x/-1, name: x}", R"({"x":[]})", "", "0/0"},
      {"{path: /x/-2, name: x}", R"({"x":[1,2]})", "", "0/0"},
      {"{path: /x/-1, name: x}", R"({"x":7})", "", "0/0"},
      {"{path: /x, name: x}", R"({"x":0x1F})", "1 type", "1/0"},
      {"{path: /x, name: x}", R"({"x":"text"})", "1 type", "1/0"},
      {"{path: /x, name: x, values: {UP: 1}}", R"({"x":"down"})", "1 type",
       "1/0"},
      {"{path: /x, name: x, values: {UP: 1}, default: 0}", R"({"x":null})", "",
       "0/0"},
      {"{path: /x, name: x, values: {UP: 1}, default: 0}", "{}", "", "0/0"},
      {"{path: /x, name: x, values: {UP: 1}, default: 0}", R"({"x":[]})",
       "1 type", "1/0"},
      {"{path: /x, name: x}", R"({"x":{}})", "1 type", "1/0"},
      {"{path: /x, name: x}", R"({"x":NaN})", "1 non_finite", "1/0"},
      {"{path: /x, name: x}", R"({"x":"nan"})", "1 type", "1/0"},
      {"{path: /x, name: x, scale: 10}", R"({"x":1e308})", "1 non_finite",
       "1/0"},
      {"{path: /x, name: x_total}", R"({"x":-1})", "1 negative_counter", "1/0"},
      {"{path: /x, name: up}", R"({"x":1})", "1 reserved", "1/0"},
      {"{path: /x, name: x, labels: {__job: a}}", R"({"x":1})", "1 reserved",
       "1/0"},
      {"{path: /x, name: x, labels: {a: {path: /y}}}", R"({"x":1})", "1 label",
       "1/0"},
      {"{path: /x, name: x, labels: {a: {path: /y}}}", R"({"x":1,"y":{}})",
       "1 label", "1/0"},
      {"{path: /x, name: x, labels: {a: {path: /y}}}",
       R"({"x":1,"y":"\ud800"})", "1 encoding", "1/0"},
      {"{path: /x, name: x, type: histogram}", R"({"x":1})", "1 type", "1/0"},
      {"{path: /x, name: x, type: histogram}",
       R"({"x":{"buckets":{"1":2},"sum":1,"count":1}})", "1 type", "1/0"},
      {"{path: /x, name: x, type: histogram}",
       R"({"x":{"buckets":{"1":2},"sum":1,"count":2.5}})", "1 type", "1/0"},
      {"{path: /x, name: x, type: histogram}",
       R"({"x":{"buckets":{"1":2},"count":3}})", "", "1/1"},
      {"{each: /x, rules: [{path: '', name: x}]}", R"({"x":{"a":1,"b":2}})",
       "1 duplicate", "2/1"},
      {"{each: /x, labels: {a: {path: /id}}, rules: [{path: /y, name: x}]}",
       R"({"x":[{"y":1},{"id":2}]})", "1 label", "0/0"},
      {"{each: /x, rules: [{path: '', name: x}]}", R"({"x":7})", "", "0/0"},
      {"{each: /x, key: k, rules: [{path: '', name: x}]}",
       "{\"x\":{\"" + std::string(257, 'k') + "\":1,\"ok\":2}}", "1 label",
       "1/1"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.rule);
    CAPTURE(row.document);
    const auto mapped = Map("- " + row.rule, row.document);
    CHECK(mapped.error == "");
    CHECK(mapped.skipped == row.skipped);
    CHECK(mapped.counts == row.counts + " ");
  }
}

TEST_CASE("mapping: numbers, booleans, decimal strings, scale, labels") {
  const auto mapped =
      Map("- {path: /a~1b/m~0n, name: a, labels: {role: web, v: {path: /v}}}\n"
          "- {path: /on, name: on}\n"
          "- {path: /text, name: text_total}\n"
          "- {path: /ms, name: took_seconds, scale: 0.001}\n"
          "- {path: /list/1, name: second}\n"
          "- {path: '', name: build_info, type: info, labels: {v: {path: /v}, "
          "n: {path: /ms}, b: {path: /on}}}\n",
          R"({"a/b":{"m~n":1},"on":true,"text":"12","ms":1500,"list":[1,2],
          "v":"1.2","rest":9})");
  CHECK(mapped.lines ==
        "peer_a{role=\"web\",v=\"1.2\"} 1\npeer_on 1\npeer_text_total 12\n"
        "peer_took_seconds 1.5\npeer_second 2\n"
        "peer_build_info{b=\"true\",n=\"1500\",v=\"1.2\"} 1\n");
  CHECK(mapped.skipped == "");
  CHECK(mapped.counts == "1/1 1/1 1/1 1/1 1/1 1/1 ");
}

TEST_CASE("mapping: the last element of an array") {
  const auto mapped =
      Map("- {path: /list/-1, name: last}\n"
          "- {path: /rounds/-1/accuracy, name: accuracy, labels: "
          "{round: {path: /rounds/-1/id}}}\n"
          "- {path: /object/-1, name: key}\n"
          "- {path: /-1, name: nothing}\n"
          "- {each: /nested/-1, key: i, rules: [{path: /-1, name: each}]}\n",
          R"({"list":[1,2,3],"rounds":[{"id":1,"accuracy":0.5},
          {"id":2,"accuracy":0.75}],"object":{"-1":4,"1":5},
          "nested":[[[9]],[[1,2],[3,4]]]})");
  CHECK(mapped.lines ==
        "peer_last 3\npeer_accuracy{round=\"2\"} 0.75\npeer_key 4\n"
        "peer_each{i=\"0\"} 2\npeer_each{i=\"1\"} 4\n");
  CHECK(mapped.counts == "1/1 1/1 1/1 0/0 2/2 ");
  CHECK(Map("- {path: /-1, name: x}", "[1,2]").lines == "peer_x 2\n");
}

// Of 3,000 rounds the series limit drops the newest.
TEST_CASE("mapping: the newest of many") {
  std::string losses;
  for (int i = 0; i < 3000; ++i) {
    losses += (i > 0 ? ",[" : "[") + std::to_string(i) + ",0.5]";
  }
  const auto mapped =
      Map("- {path: /losses/-1/1, name: loss, labels: {round: "
          "{path: /losses/-1/0}}}",
          R"({"losses":[)" + losses + "]}");
  CHECK(mapped.lines == "peer_loss{round=\"2999\"} 0.5\n");
  CHECK(mapped.skipped == "");
}

TEST_CASE("mapping: strings mapped to numbers") {
  const std::string rules =
      "- {each: /s, key: k, rules: [{path: '', name: state, scale: 2, values: "
      "{UP: 1, DOWN: 0, yes: 3, ON: 4, 1: 5, 007: 6, '': 7, \"null\": 8.5}";
  const std::string document =
      R"({"s":{"a":"UP","b":"DOWN","c":"yes","d":"ON","e":"1","f":"007",
          "g":"","h":"null","i":"12","j":"other","k":1,"l":true,"m":null,
          "n":"up"}})";
  const std::string known =
      "peer_state{k=\"a\"} 2\npeer_state{k=\"b\"} 0\npeer_state{k=\"c\"} 6\n"
      "peer_state{k=\"d\"} 8\npeer_state{k=\"e\"} 10\npeer_state{k=\"f\"} 12\n"
      "peer_state{k=\"g\"} 14\npeer_state{k=\"h\"} 17\n";
  const auto without = Map(rules + "}]}", document);
  CHECK(without.lines == known +
                             "peer_state{k=\"i\"} 24\npeer_state{k=\"k\"} 2\n"
                             "peer_state{k=\"l\"} 2\n");
  CHECK(without.skipped == "2 type");
  CHECK(without.counts == "13/11 ");
  const auto with = Map(rules + ", default: -1}]}", document);
  CHECK(with.lines == known +
                          "peer_state{k=\"i\"} -2\npeer_state{k=\"j\"} -2\n"
                          "peer_state{k=\"k\"} 2\npeer_state{k=\"l\"} 2\n"
                          "peer_state{k=\"n\"} -2\n");
  CHECK(with.skipped == "");
}

TEST_CASE("mapping: the last complete line of JSON Lines is used") {
  const auto mapped =
      Map("- {path: /x, name: x}", "{\"x\":1}\n{\"x\":2}\n{\"x\":");
  CHECK(mapped.lines == "peer_x 2\n");
  CHECK(mapped.skipped == "1 type");
}

TEST_CASE("mapping: skipped values are named") {
  const auto mapping = Read(
      "rules:\n- each: /w\n  labels: {id: {path: /id}}\n"
      "  rules: [{path: /n, name: n}]\n");
  REQUIRE(mapping);
  const peer::Options options;
  peer::Samples samples(options);
  std::string document = R"({"w":[{"n":1},{"id":1,"n":"text"}]})";
  REQUIRE(TranslateMapped(document, *mapping, samples));
  CHECK(samples.skipped_names().at(SkipReason::kLabel) ==
        std::vector<std::string>{"id"});
  CHECK(samples.skipped_names().at(SkipReason::kType) ==
        std::vector<std::string>{"/w/*/n"});
}

TEST_CASE("mapping: a scaled histogram with parts at other paths") {
  CHECK(Map("- {path: /h, name: h_seconds, type: histogram, scale: 0.001, "
            "buckets: /le, sum: /s/all, count: /n}",
            R"({"h":{"le":{"100":1.0,"+Inf":3},"s":{"all":250},"n":3.0}})")
            .lines ==
        "peer_h_seconds_bucket{le=\"0.1\"} 1\n"
        "peer_h_seconds_bucket{le=\"+Inf\"} 3\n"
        "peer_h_seconds_sum 0.25\npeer_h_seconds_count 3\n");
}

TEST_CASE("mapping: a missing count of a histogram is its +Inf bucket") {
  CHECK(Map("- {path: /h, name: h, type: histogram}",
            R"({"h":{"buckets":{"1":1,"+Inf":3},"sum":2}})")
            .lines ==
        "peer_h_bucket{le=\"1.0\"} 1\npeer_h_bucket{le=\"+Inf\"} 3\n"
        "peer_h_sum 2\npeer_h_count 3\n");
}

TEST_CASE("mapping: one incomplete histogram makes its family untyped") {
  const auto mapped =
      Map("- each: /h\n"
          "  key: k\n"
          "  rules: [{path: '', name: h, type: histogram, scale: 0.5}]\n",
          R"({"h":{"a":{"buckets":{},"sum":2,"count":1},
                   "b":{"buckets":{"1":3,"+Inf":5},"sum":1,"count":4},
                   "c":{"buckets":{}}}})");
  CHECK(mapped.lines ==
        "peer_h_sum{k=\"a\"} 1\npeer_h_sum{k=\"b\"} 0.5\n"
        "peer_h_count{k=\"a\"} 1\npeer_h_count{k=\"b\"} 4\n"
        "peer_h_bucket{k=\"b\",le=\"0.5\"} 3\n"
        "peer_h_bucket{k=\"b\",le=\"+Inf\"} 5\n");
  CHECK(mapped.skipped == "1 type");
  CHECK(mapped.counts == "3/2 ");
}

TEST_CASE("mapping: loops over arrays and objects, dropped elements") {
  const auto mapped =
      Map("- each: /net\n"
          "  key: device\n"
          "  drop: {key: lo}\n"
          "  rules:\n"
          "  - {path: /rx, name: received_bytes_total}\n"
          "  - each: /queues\n"
          "    key: queue\n"
          "    labels: {kind: {path: /kind}}\n"
          "    drop: {/kind: [total, none]}\n"
          "    rules: [{path: /n, name: queued}]\n",
          R"({"net":{"lo":{"rx":1},"eth0":{"rx":2,"queues":[
            {"kind":"tx","n":3},{"kind":"total","n":9},{"kind":"rx","n":6}]},
          "eth1":{"rx":4}}})");
  CHECK(mapped.lines ==
        "peer_received_bytes_total{device=\"eth0\"} 2\n"
        "peer_received_bytes_total{device=\"eth1\"} 4\n"
        "peer_queued{device=\"eth0\",kind=\"tx\",queue=\"0\"} 3\n"
        "peer_queued{device=\"eth0\",kind=\"rx\",queue=\"2\"} 6\n");
  CHECK(mapped.skipped == "");
  CHECK(mapped.counts == "2/2 2/2 ");
}

TEST_CASE("mapping: the report on each rule") {
  auto mapping = Read("rules:\n- each: /w\n  rules:\n  - {path: /n, name: n}");
  REQUIRE(mapping);
  auto& metric = mapping->metrics.at(0);
  metric.where = "FILE:4:5";
  CHECK(Explain(metric, {0, 0}) == "FILE:4:5: n: nothing at /w/*/n");
  CHECK(Explain(metric, {2, 2}) == "FILE:4:5: n: 2 served");
  CHECK(Explain(metric, {2, 1}) == "FILE:4:5: n: 1 served of 2 at /w/*/n");
  CHECK(metric.sample.help == "Value of the peer's stats (stats: /w/*/n).");
}

TEST_CASE("mapping file: mappings with the same rules are equal") {
  const std::string text =
      "rules:\n- {path: /a, name: a, scale: 2, labels: {x: {path: /b}}}\n"
      "- {each: /c, key: k, drop: {/d: [e]}, rules: "
      "[{path: /f, name: f}]}\n";
  const auto first = Read(text);
  REQUIRE_MESSAGE(first, first.error().message);
  CHECK(*first == *Read("# a comment\n" + text));
  for (const auto& [from, to] : {std::pair("scale: 2", "scale: 3"),
                                 {"path: /b", "path: /bb"},
                                 {"key: k", "key: kk"},
                                 {"/d: [e]", "/d: [g]"},
                                 {"name: f", "name: ff"}}) {
    CAPTURE(from);
    auto changed = text;
    changed.replace(changed.find(from), std::string(from).size(), to);
    const auto second = Read(changed);
    REQUIRE(second);
    CHECK_FALSE(*first == *second);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
