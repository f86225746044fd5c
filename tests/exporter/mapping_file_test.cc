#include "exporter/mapping_file.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/adapters/peer/translated.h"
#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

// What the file with that text is read as; its name is in errors as FILE.
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

// What that mapping makes of a document, with "FOUND/KEPT " for each rule.
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

TEST_CASE("mapping file: what is wrong, and where") {
  struct Row {
    std::string text;
    std::string error;
  };
  const std::string metric = "rules:\n- path: /a\n  name: a\n";
  const Row rows[] = {
      {"", "FILE: has no rule"},
      {"rules: []", "FILE: has no rule"},
      {"rules: [", "FILE:1:1: end of sequence flow not found"},
      {"- path: /a", "FILE:1:1: has to map keys to values"},
      {"rule: []", "FILE:1:1: there is no key rule here"},
      {"{}", "FILE:1:1: rules is missing"},
      {"rules: {}", "FILE:1:8: has to be a list of rules"},
      {"rules: []\nrules: []", "FILE:2:1: rules stands twice"},
      {"rules:\n- 1", "FILE:2:3: has to map keys to values"},
      {"rules:\n- name: a", "FILE:2:3: path is missing"},
      {"rules:\n- path: /a", "FILE:2:3: name is missing"},
      {"rules:\n- path: a\n  name: a",
       "FILE:2:9: \"a\" is no JSON Pointer such as /workers/0/id"},
      {"rules:\n- path: '#/a'\n  name: a",
       "FILE:2:9: \"#/a\" is no JSON Pointer such as /workers/0/id"},
      {"rules:\n- path: /~2\n  name: a",
       "FILE:2:9: \"/~2\" is no JSON Pointer such as /workers/0/id"},
      {"rules:\n- path: [a]\n  name: a", "FILE:2:9: has to be a text"},
      {"rules:\n- path: /a\n  name: a-b",
       "FILE:3:9: \"a-b\" is no name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {metric + "  typ: gauge", "FILE:4:3: there is no key typ here"},
      {metric + "  type: Gauge",
       "FILE:4:9: Gauge is none of gauge, counter, info, histogram"},
      {metric + "  scale: ten", "FILE:4:10: has to be a number above 0"},
      {metric + "  scale: 0", "FILE:4:10: has to be a number above 0"},
      {metric + "  scale: .inf", "FILE:4:10: has to be a number above 0"},
      {metric + "  help: [a]", "FILE:4:9: has to be a text"},
      {metric + "  help: \"\\0\"", "FILE:4:9: is not UTF-8"},
      {metric + "  buckets: /b", "FILE:4:12: belongs to a histogram"},
      {metric + "  labels: a",
       "FILE:4:11: has to map names to texts or {path: …}"},
      {metric + "  labels: {1: a}",
       "FILE:4:12: \"1\" is no name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {metric + "  labels: {a: [b]}", "FILE:4:15: has to be a text"},
      {metric + "  labels: {a: {key: b}}",
       "FILE:4:16: there is no key key here"},
      {metric + "  labels: {a: {}}", "FILE:4:15: path is missing"},
      {"rules:\n- each: /a", "FILE:2:3: rules is missing"},
      {"rules:\n- each: /a\n  name: a\n  rules: []",
       "FILE:3:3: there is no key name here"},
      {"rules:\n- each: /a\n  key: a-b\n  rules: []",
       "FILE:3:8: \"a-b\" is no name ([a-zA-Z_][a-zA-Z0-9_]*)"},
      {"rules:\n- each: /a\n  drop: lo\n  rules: []",
       "FILE:3:9: has to map pointers, or key, to texts"},
      {"rules:\n- each: /a\n  drop: {lo: x}\n  rules: []",
       "FILE:3:10: \"lo\" is no JSON Pointer such as /workers/0/id"},
      {"rules:\n- each: /a\n  drop: {key: {a: b}}\n  rules: []",
       "FILE:3:15: has to be a text or a list of them"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(ErrorOf(row.text) == row.error);
  }
}

TEST_CASE("mapping file: loops in each other end") {
  std::string text = "rules: ";
  for (int i = 0; i < 9; ++i) text += "[{each: /a, rules: ";
  CHECK(ErrorOf(text + "[]" + "}]}]}]}]}]}]}]}]}]") ==
        "FILE:1:161: too many loops in each other");
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

TEST_CASE("mapping file: a file that is not there") {
  const auto mapping = ReadMappingFile("/nowhere.yml");
  REQUIRE_FALSE(mapping);
  CHECK(mapping.error().message == "/nowhere.yml: No such file or directory");
}

TEST_CASE("mapping: what is no JSON gives nothing") {
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
      {"{path: /x, name: x}", R"({"x":"text"})", "1 type", "1/0"},
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

TEST_CASE("mapping: a histogram, its parts elsewhere, scaled") {
  CHECK(Map("- {path: /h, name: h_seconds, type: histogram, scale: 0.001, "
            "buckets: /le, sum: /s/all, count: /n}",
            R"({"h":{"le":{"100":1.0,"+Inf":3},"s":{"all":250},"n":3.0}})")
            .lines ==
        "peer_h_seconds_bucket{le=\"0.1\"} 1\n"
        "peer_h_seconds_bucket{le=\"+Inf\"} 3\n"
        "peer_h_seconds_sum 0.25\npeer_h_seconds_count 3\n");
}

TEST_CASE("mapping: loops over arrays and objects, and what they drop") {
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

TEST_CASE("mapping: a person is told what a rule was found") {
  auto mapping = Read("rules:\n- each: /w\n  rules:\n  - {path: /n, name: n}");
  REQUIRE(mapping);
  auto& metric = mapping->metrics.at(0);
  metric.where = "FILE:4:5";
  CHECK(Explain(metric, {0, 0}) == "FILE:4:5: n: nothing at /w/*/n");
  CHECK(Explain(metric, {2, 2}) == "FILE:4:5: n: 2 served");
  CHECK(Explain(metric, {2, 1}) == "FILE:4:5: n: 1 served of 2 at /w/*/n");
  CHECK(metric.sample.help == "Value of the peer's stats (stats: /w/*/n).");
}

}  // namespace
}  // namespace ipfs_peer_exporter
