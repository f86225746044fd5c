#include "adapters/prometheus_text.h"

#include <doctest/doctest.h>

#include <cmath>

namespace ipfs_peer_exporter {
namespace {

using Kind = TextLine::Kind;

// A line that has to be one; nothing of it otherwise.
TextLine Good(std::string_view line) {
  CAPTURE(line);
  const auto parsed = ParseTextLine(line);
  REQUIRE(parsed);
  return *parsed;
}

double ValueOf(const std::string& text) { return Good("x " + text).value; }

TEST_CASE("prometheus text: invalid lines") {
  using namespace std::string_literals;
  const std::string lines[] = {
      "x",
      "x ",
      "x{",
      "x{}",
      "x {}",
      "x{a} 1",
      "x{a=} 1",
      "x{a=b} 1",
      "x{a=\"b} 1",
      "x{a=\"b\" 1",
      "x{a=\"b\"c=\"d\"} 1",
      "x{a=\"b\",,c=\"d\"} 1",
      "x{,a=\"b\"} 1",
      "x{,} 1",
      "x{a=\"b\",a=\"c\"} 1",
      "x{a:b=\"c\"} 1",
      "x{1=\"c\"} 1",
      "x{=\"c\"} 1",
      "x{a=\"\\x\"} 1",
      "x{a=\"\\",
      "{a=\"b\"} 1",
      "1x 1",
      " x",
      "-x 1",
      "x-y 1",
      "x=1",
      "x: 1 2 3",
      "\xC3\xA4 1",
      "x{a=\"\xFF\"} 1",
      "x \xC3",
      "x{a=\"\0\"} 1"s,
      "x 1\0"s,
      "x one",
      "x 1,5",
      "x 1e",
      "x 1e999",
      "x 0x10",
      "x 1_000",
      "x --1",
      "x +-1",
      "x ++1",
      "x +-Inf",
      "x +NaN",
      "x nan",
      "x inf",
      "x infinity",
      "x e",
      "x 1 now",
      "x 1 2 3",
      "x 1 # exemplar",
      "x 1 # {a=\"b\"}",
      "x 1 # {a=\"b\"} one",
      "x 1 # {a=\"b\"} 1 now",
      "x 1 # {a=\"b\"} 1 2 3",
      "x 1 # {a=\"b\" 1",
      "x 1#",
      "x 1\r",
      "# TYPE",
      "# TYPE x counter gauge",
      "# TYPE 1x counter",
      "# TYPE x-y counter",
      "# HELP",
      "# HELP 1x text",
      "# HELP x{a=\"b\"} text",
      "# HELP \xC3",
  };
  for (const auto& line : lines) {
    CAPTURE(line);
    const auto parsed = ParseTextLine(line);
    CHECK_FALSE(parsed);
    if (parsed) continue;
    CHECK(parsed.error().reason == Reason::kParse);
    CHECK_FALSE(parsed.error().message.empty());
  }
}

TEST_CASE("prometheus text: a line of any length ends") {
  const std::string many(100'000, '{');
  CHECK_FALSE(ParseTextLine("x" + many));
  CHECK_FALSE(ParseTextLine("x{a=\"" + std::string(100'000, '\\')));
  CHECK(Good(std::string(100'000, 'n') + " 1").name.size() == 100'000);
}

TEST_CASE("prometheus text: lines without content") {
  for (const auto* line :
       {"", " ", "\t", "#", "# ", "#TYPES x counter", "# UNIT x seconds",
        "# a remark", "# EOF of the stream", "# EOF ", "#\tHELPS x y"}) {
    CAPTURE(line);
    CHECK(Good(line).kind == Kind::kNothing);
  }
}

TEST_CASE("prometheus text: blanks before a line are ignored") {
  CHECK(Good(" x 1").name == "x");
  CHECK(Good("\t x{a=\"b\"} 1").labels.size() == 1);
  CHECK(Good(" \t# TYPE x counter").kind == Kind::kType);
  CHECK(Good(" # HELP x Some help.").text == "Some help.");
  CHECK(Good(" # a remark").kind == Kind::kNothing);
}

TEST_CASE("prometheus text: labels in order, without empty values") {
  const Labels labels{{"a", "3"}, {"b", "1"}, {"c", "2"}};
  for (const auto* line :
       {"x{a=\"3\",b=\"1\",c=\"2\"} 1", "x{c=\"2\",a=\"3\",b=\"1\"} 1",
        "x{d=\"\",b=\"1\",c=\"2\",a=\"3\"} 1"}) {
    CHECK(Good(line).labels == labels);
  }
}

TEST_CASE("prometheus text: the end of OpenMetrics") {
  CHECK(Good("# EOF").kind == Kind::kEnd);
}

TEST_CASE("prometheus text: HELP") {
  struct Row {
    std::string line;
    std::string name;
    std::string text;
  };
  const Row rows[] = {
      {"# HELP x Some help.", "x", "Some help."},
      {"#HELP x Some help.", "x", "Some help."},
      {"#\t HELP\tx\tSome  help. ", "x", "Some  help. "},
      {"# HELP a:b_1", "a:b_1", ""},
      {R"(# HELP x a\nb \\ \"c\" \d \)", "x", "a\nb \\ \\\"c\\\" \\d \\"},
      {"# HELP x \xC3\xA4", "x", "\xC3\xA4"},
  };
  for (const auto& row : rows) {
    const auto line = Good(row.line);
    CHECK(line.kind == Kind::kHelp);
    CHECK(line.name == row.name);
    CHECK(line.text == row.text);
  }
}

TEST_CASE("prometheus text: TYPE") {
  for (const auto* text :
       {"# TYPE x counter", "#TYPE x counter ", "# \tTYPE\t x\tcounter\t"}) {
    const auto line = Good(text);
    CHECK(line.kind == Kind::kType);
    CHECK(line.name == "x");
    CHECK(line.text == "counter");
  }
  CHECK(Good("# TYPE x").text == "");
}

TEST_CASE("prometheus text: the types") {
  using prometheus::MetricType;
  struct Row {
    std::string word;
    MetricType type;
  };
  const Row rows[] = {
      {"counter", MetricType::Counter},     {"gauge", MetricType::Gauge},
      {"histogram", MetricType::Histogram}, {"summary", MetricType::Summary},
      {"untyped", MetricType::Untyped},     {"unknown", MetricType::Untyped},
  };
  for (const auto& word : {"", "Counter", "counters", "info"}) {
    CHECK_FALSE(ParseType(word));
  }
  for (const auto& row : rows) {
    CAPTURE(row.word);
    const auto type = ParseType(row.word);
    REQUIRE(type);
    CHECK((*type == row.type));
  }
}

TEST_CASE("prometheus text: a sample's name and labels") {
  struct Row {
    std::string line;
    std::string name;
    Labels labels;
  };
  const Row rows[] = {
      {"x 1", "x", {}},
      {"x\t1", "x", {}},
      {"_:9 1", "_:9", {}},
      {"x{} 1", "x", {}},
      {"x{}1", "x", {}},
      {"x { } 1", "x", {}},
      {"x{a=\"b\"} 1", "x", {{"a", "b"}}},
      {"x{a=\"b\",} 1", "x", {{"a", "b"}}},
      {"x{a=\"\",_2=\"c d\"} 1", "x", {{"_2", "c d"}}},
      {"x { a = \"b\" , c = \"d\" } 1", "x", {{"a", "b"}, {"c", "d"}}},
      {R"(x{a="\\\"\n"} 1)", "x", {{"a", "\\\"\n"}}},
      {"x{a=\"}{,=\"} 1", "x", {{"a", "}{,="}}},
      {"x{a=\"\xC3\xA4\"} 1", "x", {{"a", "\xC3\xA4"}}},
  };
  for (const auto& row : rows) {
    const auto line = Good(row.line);
    CHECK(line.kind == Kind::kSample);
    CHECK(line.name == row.name);
    CHECK((line.labels == row.labels));
    CHECK(line.value == 1);
  }
}

TEST_CASE("prometheus text: a sample's value") {
  CHECK(ValueOf("0") == 0);
  CHECK(ValueOf("-0.5") == -0.5);
  CHECK(ValueOf("+2") == 2);
  CHECK(ValueOf("1e3") == 1000);
  CHECK(ValueOf(".5") == 0.5);
  CHECK(ValueOf("5.") == 5);
  CHECK(ValueOf("5e-324") == 5e-324);
  CHECK(ValueOf("1e-400") == 0);
  CHECK(ValueOf("1.7976931348623157E+308") == 1.7976931348623157e308);
  CHECK(ValueOf("+Inf") == INFINITY);
  CHECK(ValueOf("Inf") == INFINITY);
  CHECK(ValueOf("-Inf") == -INFINITY);
  CHECK(std::isnan(ValueOf("NaN")));
}

TEST_CASE("prometheus text: timestamps and exemplars after a value") {
  for (const auto* tail : {"", " ", "\t", " 1700000000000", " -5", " 1.5e9 ",
                           " # {} 0.5", " # {a=\"b\"} 0.5",
                           " # {a=\"b\"} 0.5 1.7e9 ", " 12 # {a=\"b\",} 0.5"}) {
    CAPTURE(tail);
    CHECK(ValueOf(std::string("7") + tail) == 7);
  }
}

TEST_CASE("prometheus text: the samples of a family") {
  using prometheus::MetricType;
  struct Row {
    std::string sample;
    MetricType type;
    bool belongs;
  };
  const Row rows[] = {
      {"x", MetricType::Gauge, true},
      {"x_sum", MetricType::Gauge, false},
      {"xy", MetricType::Gauge, false},
      {"y", MetricType::Untyped, false},
      {"", MetricType::Gauge, false},
      {"x", MetricType::Histogram, false},
      {"x_bucket", MetricType::Histogram, true},
      {"x_sum", MetricType::Histogram, true},
      {"x_count", MetricType::Histogram, true},
      {"x_total", MetricType::Histogram, false},
      {"x", MetricType::Summary, true},
      {"x_sum", MetricType::Summary, true},
      {"x_count", MetricType::Summary, true},
      {"x_bucket", MetricType::Summary, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.sample);
    CHECK(IsSampleOf(row.sample, "x", row.type) == row.belongs);
  }
}

TEST_CASE("prometheus text: values that Prometheus rejects") {
  const char* const texts[] = {"",      "-",    ".",      "e5",    "1e",
                               "1,5",   "1x",   "--1",    "+-1",   "+-Inf",
                               "-+1",   "0x1p", "nan(1)", "+NaN1", "infinity1",
                               "1e400", "1_000"};
  for (const std::string text : texts) {
    CAPTURE(text);
    CHECK_FALSE(ParseTextLine("x " + text));
  }
}

TEST_CASE("prometheus text: a sample has 64 labels at most") {
  std::string labels;
  for (int i = 0; i < 64; ++i) labels += "a" + std::to_string(i) + "=\"\",";
  CHECK(ParseTextLine("x{" + labels + "} 1"));
  CHECK_FALSE(ParseTextLine("x{" + labels + "b=\"\"} 1"));
}

// A line that the loose grammar has to read.
TextLine Loose(std::string_view line) {
  CAPTURE(line);
  const auto parsed = ParseTextLine(line, Grammar::kLoose);
  REQUIRE(parsed);
  return *parsed;
}

TEST_CASE("prometheus text, loose: names with any characters") {
  struct Row {
    std::string line;
    std::string name;
    Labels labels;
  };
  const Row rows[] = {
      {"in-serv 1", "in-serv", {}},
      {"a.b{c=\"d\"} 1", "a.b", {{"c", "d"}}},
      {"1x 1", "1x", {}},
      {"\xC3\xA4/b 1", "\xC3\xA4/b", {}},
      {"{\"a.b\"} 1", "a.b", {}},
      {"{ \"a b\" , c=\"d\" } 1", "a b", {{"c", "d"}}},
      {"{c=\"d\",\"a.b\"} 1", "a.b", {{"c", "d"}}},
      {"{\"\"} 1", "", {}},
      {"{a=\"b\"} 1", "", {{"a", "b"}}},
      {"x{\"a.b\"=\"c\"} 1", "x", {{"a.b", "c"}}},
      {"x{a-b=\"c\",1=\"d\"} 1", "x", {{"1", "d"}, {"a-b", "c"}}},
      {"x{a=\"b\",a=\"c\"} 1", "x", {{"a", "b"}, {"a", "c"}}},
      {"x{a=\"b\" c=\"d\"} 1", "x", {{"a", "b"}, {"c", "d"}}},
      {"x{,} 1", "x", {}},
      {R"(x{a="C:\Users\"b\n"} 1)", "x", {{"a", "C:\\Users\"b\n"}}},
      {R"({"a\"b"} 1)", "a\"b", {}},
  };
  for (const auto& row : rows) {
    const auto line = Loose(row.line);
    CHECK(line.kind == Kind::kSample);
    CHECK(line.name == row.name);
    CHECK((line.labels == row.labels));
    CHECK(line.value == 1);
  }
}

TEST_CASE("prometheus text, loose: comments") {
  CHECK(Loose("# TYPE in-serv gauge").name == "in-serv");
  CHECK(Loose("# TYPE \"a b\" gauge").name == "a b");
  CHECK(Loose("# TYPE \"a b\" gauge").text == "gauge");
  CHECK(Loose("# HELP \"a\\\"b\" Some \\\\ help.").name == "a\"b");
  CHECK(Loose("# HELP \"a\\\"b\" Some \\\\ help.").text == "Some \\ help.");
  CHECK(Loose("# HELP a \\\"").text == "\\\"");
  CHECK(Loose("# HELP").kind == Kind::kNothing);
  CHECK(Loose("# TYPE ").kind == Kind::kNothing);
}

TEST_CASE("prometheus text, loose: values in any case, and beyond a double") {
  for (const std::string word : {"NaN", "nan", "NAN", "-nan", "+NaN", "-NAN"}) {
    CHECK(std::isnan(Loose("x " + word).value));
  }
  for (const std::string word :
       {"Inf", "inf", "+INF", "Infinity", "+infinity", "INFINITY"}) {
    CHECK(Loose("x " + word).value == INFINITY);
    CHECK_FALSE(Loose("x " + word).beyond);
  }
  CHECK(Loose("x -Infinity").value == -INFINITY);
  for (const std::string number : {"1e400", "-1e400"}) {
    CHECK(Loose("x " + number).beyond);
  }
}

TEST_CASE("prometheus text: timestamps") {
  CHECK(Good("x 1").time == INFINITY);
  CHECK(Good("x 1 -5").time == -5);
  CHECK(Loose("x 1 1700000000.25 # {a=\"b\"} 1 2").time == 1700000000.25);
  CHECK_FALSE(ParseTextLine("x 1 NaN"));
  CHECK(Loose("x 1 NaN").kind == Kind::kBroken);
  CHECK(Loose("x 1 1e400").kind == Kind::kBroken);
}

TEST_CASE("prometheus text, loose: a sample with a broken value") {
  for (const std::string end : {"", "one", "0x10", "1 now", "1 # {", "1 2 3"}) {
    const auto line = Loose("x{a=\"b\"} " + end);
    CHECK(line.kind == Kind::kBroken);
    CHECK(line.name == "x");
    CHECK((line.labels == Labels{{"a", "b"}}));
  }
}

TEST_CASE("prometheus text, loose: ambiguous text is not a line") {
  for (const std::string line : {"x",
                                 "-",
                                 "- 1",
                                 "1 2",
                                 "16630948 16630948 31070465",
                                 "a=1 2",
                                 "a,b 1",
                                 "<p 1",
                                 "\"a\" 1",
                                 "[1 2",
                                 "f(x) 1",
                                 "a;b=c 1",
                                 "C:\\x 1",
                                 "{\"a\":1}",
                                 "{\"a\"",
                                 "{\"a\",\"b\"} 1",
                                 "x{\"a\"} 1",
                                 "x{a} 1",
                                 "x{=\"b\"} 1",
                                 "x{a=b} 1",
                                 "x{a=\"b",
                                 "# TYPE \"x gauge",
                                 "# TYPE \"x\"y gauge",
                                 "# TYPE x gauge 1"}) {
    CAPTURE(line);
    CHECK_FALSE(ParseTextLine(line, Grammar::kLoose));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
