#include <doctest/doctest.h>

#include "adapters/peer/json.h"
#include "tests/adapters/peer/translated.h"

namespace ipfs_peer_exporter::peer {
namespace {

Translated Translate(const std::string& bytes, const Options& options = {}) {
  return TranslateWith(TranslateJson, bytes, options);
}

// The same of one metric that describes itself.
Translated Described(const std::string& metric) {
  return Translate(R"({"metrics":[)" + metric + "]}");
}

TEST_CASE("peer json: a document that is not an object gives nothing") {
  struct Row {
    std::string bytes;
    std::string error;
  };
  const Row rows[] = {
      {"", "parse"},
      {"hello", "parse"},
      {"<html></html>", "parse"},
      {R"({"a":1)", "parse"},
      {R"({"a":1}x)", "parse"},
      {std::string("{\"a\":1}\0", 8), "parse"},
      {"{\"a\":\xff}", "parse"},
      {"{\"a\":\"\xff", "parse"},
      {R"({"a":"\)", "parse"},
      {R"({"a":"\ud800)", "parse"},
      {"[]", "schema"},
      {"7", "schema"},
      {"null", "schema"},
      {R"("x")", "schema"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    const auto translated = Translate(row.bytes);
    CHECK(translated.error == row.error);
    CHECK(translated.lines == "");
  }
}

TEST_CASE("peer json: an empty object is not an error") {
  const auto translated = Translate("{}");
  CHECK(translated.error == "");
  CHECK(translated.lines == "");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer json: a number is named by its path") {
  const auto translated = Translate(
      R"({"model":{"accuracy":0.93,"lossRatio":1.5e-3},"trainings_total":7,
          "ready":true,"isFinal":false,"peer_tips":2,"low":-4})");
  CHECK(translated.lines ==
        "peer_model_accuracy 0.93\n"
        "peer_model_loss_ratio 0.0015\n"
        "peer_trainings_total 7\n"
        "peer_ready 1\n"
        "peer_is_final 0\n"
        "peer_tips 2\n"
        "peer_low -4\n");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer json: a path that ends in _total is a counter") {
  const auto translated = Translate(R"({"a_total":1,"a":1,"b":{"total":1},
                                        "errorsTotal":1})");
  REQUIRE(translated.families.size() == 4);
  CHECK(translated.families[0].type == kCounter);
  CHECK(translated.families[1].type == kGauge);
  CHECK(translated.families[2].type == kCounter);
  CHECK(translated.families[3].type == kCounter);
}

TEST_CASE("peer json: HELP contains the path") {
  const auto translated = Translate(R"({"model":{"lossRatio":1}})");
  REQUIRE(translated.families.size() == 1);
  CHECK(translated.families[0].help.find("model.lossRatio") !=
        std::string::npos);
}

TEST_CASE("peer json: strings under info are labels of one sample") {
  const auto translated = Translate(
      R"({"info":{"name":"learner","modelKind":"logistic",
                  "build":{"gitCommit":"abc"}},"x":1})");
  CHECK(translated.lines ==
        "peer_x 1\n"
        "peer_info{build_git_commit=\"abc\",model_kind=\"logistic\",name="
        "\"learner\"} 1\n");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer json: only a top-level info gives labels") {
  const auto translated =
      Translate(R"({"model":{"info":{"name":"x"}},"info":"text"})");
  CHECK(translated.lines == "");
  CHECK(translated.skipped == Skips{{SkipReason::kType, 2}});
}

TEST_CASE("peer json: numbers under info are numbers") {
  const auto translated =
      Translate(R"({"info":{"layers":3,"name":"x","list":["y"]}})");
  CHECK(translated.lines ==
        "peer_info_layers 3\n"
        "peer_info{name=\"x\"} 1\n");
  CHECK(translated.skipped == Skips{{SkipReason::kType, 1}});
}

TEST_CASE("peer json: everything else is skipped, each value alone") {
  const auto translated = Translate(
      R"({"text":"x","nothing":null,"list":[1,2,{"a":3,"b":[]}],"x":1})");
  CHECK(translated.lines == "peer_x 1\n");
  CHECK(translated.skipped == Skips{{SkipReason::kType, 5}});
}

TEST_CASE("peer json: names of labels are mended") {
  CHECK(Translate(R"({"info":{"1":"a","job":"b","le":"c"}})").lines ==
        "peer_info{_1=\"a\",exported_job=\"b\",le=\"c\"} 1\n");
}

TEST_CASE("peer json: every reason to skip a value") {
  struct Row {
    std::string member;
    SkipReason reason;
  };
  const Row rows[] = {
      {R"("a":"text")", SkipReason::kType},
      {R"("":1)", SkipReason::kName},
      {R"("model":{"":1})", SkipReason::kName},
      {R"("info":{"a":")" + std::string(257, 'x') + R"("})",
       SkipReason::kLabel},
      {R"("modelA":1,"model_a":2)", SkipReason::kDuplicate},
      {R"("info":{"aB":"x","a_b":"y"})", SkipReason::kDuplicate},
      {R"("a":1,"b":2,"c":3,"d":4)", SkipReason::kSeriesLimit},
      {R"("a":)" + std::string(16, '[') + std::string(16, ']'),
       SkipReason::kDepth},
      {R"("a":NaN)", SkipReason::kNonFinite},
      {R"("a":-Infinity)", SkipReason::kNonFinite},
      {R"("a_total":-1)", SkipReason::kNegativeCounter},
      {R"("info":{"a":"\udc00"})", SkipReason::kEncoding},
      {R"("info":{"a":"\u0000"})", SkipReason::kEncoding},
      {R"("up":1)", SkipReason::kReserved},
      {R"("info":{"__job":"x"})", SkipReason::kReserved},
  };
  const Options options{.peer = "", .max_series = 3};
  for (const auto& row : rows) {
    CAPTURE(row.member);
    const auto translated = Translate("{" + row.member + "}", options);
    CHECK(translated.error == "");
    CHECK(translated.skipped == Skips{{row.reason, 1}});
  }
}

TEST_CASE("peer json: a bad value does not affect the good ones") {
  const auto translated = Translate(
      R"({"a":1,"up":2,"b":NaN,"c_total":-3,"info":{"__le":"x","ok":"y"},"d":4})");
  CHECK(translated.lines ==
        "peer_a 1\n"
        "peer_d 4\n"
        "peer_info{ok=\"y\"} 1\n");
  CHECK(translated.skipped == Skips{{SkipReason::kReserved, 2},
                                    {SkipReason::kNonFinite, 1},
                                    {SkipReason::kNegativeCounter, 1}});
}

TEST_CASE("peer json: a number that exceeds a double is one bad value") {
  const std::string numbers[] = {"1e999", "-1e999", "1E+999",
                                 std::string(400, '9')};
  for (const auto& huge : numbers) {
    CAPTURE(huge);
    const auto translated =
        Translate(R"({"a":)" + huge + R"(,"b":2,"list":[)" + huge + "]}");
    CHECK(translated.error == "");
    CHECK(translated.lines == "peer_b 2\n");
    CHECK(translated.skipped ==
          Skips{{SkipReason::kNonFinite, 1}, {SkipReason::kType, 1}});
  }
}

TEST_CASE("peer json: a number too close to zero is zero") {
  CHECK(Translate(R"({"a":1e-999,"b":-1e-999})").lines ==
        "peer_a 0\npeer_b 0\n");
  const auto zeros = std::string(400, '0');
  CHECK(
      Translate(R"({"a":0.)" + zeros + R"(1,"b":0.)" + zeros + "1e9}").lines ==
      "peer_a 0\npeer_b 0\n");
}

TEST_CASE("peer json: a number of many digits within a double is read") {
  struct Row {
    std::string number;
    std::string value;
  };
  const std::string zeros(400, '0');
  const Row rows[] = {
      {"0e309", "0"},
      {"-0E+999", "0"},
      {"0.000e1000", "0"},
      {"1" + zeros + "e-400", "1"},
      {"-25" + zeros + "E-401", "-2.5"},
      {"0." + zeros + "3e401", "3"},
      {"1e300", "1e+300"},
      {"2e-0010", "2e-10"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.number);
    const auto translated = Translate(R"({"a":)" + row.number + R"(,"b":1})");
    CHECK(translated.error == "");
    CHECK(translated.lines == "peer_a " + row.value + "\npeer_b 1\n");
  }
}

TEST_CASE("peer json: numbers as programs print them do not lose the rest") {
  for (const std::string number :
       {"nan", "-nan", "inf", "-inf", "Inf", "NAN", "INFINITY", "-nan(ind)",
        "1.#INF", "1.#QNAN", "-1.#IND", "1e400"}) {
    CAPTURE(number);
    const auto translated =
        Translate(R"({"loss": )" + number + R"(, "acc": 0.5})");
    CHECK(translated.error == "");
    CHECK(translated.lines == "peer_acc 0.5\n");
    CHECK(translated.skipped == Skips{{SkipReason::kNonFinite, 1}});
  }
  for (const std::string number : {"0x1F", "1_000", "1.2.3", "0,5", "None"}) {
    CAPTURE(number);
    const auto translated = Translate(R"({"a":)" + number + R"(,"b":1})");
    CHECK(translated.lines == "peer_b 1\n");
    CHECK(translated.skipped == Skips{{SkipReason::kType, 1}});
  }
  CHECK(Translate(R"({"a":+1,"b":.5,"c":5.,"d":007,"e":True})").lines ==
        "peer_a 1\npeer_b 0.5\npeer_c 5\npeer_d 7\npeer_e 1\n");
  CHECK(Translate(R"({"info":{"commit":0x1F,"version":1.2.3}})").lines ==
        "peer_info{commit=\"0x1F\",version=\"1.2.3\"} 1\n");
}

TEST_CASE("peer json: the last complete line of JSON Lines is used") {
  struct Row {
    std::string bytes;
    std::string lines;
    std::string skipped;
  };
  const Row rows[] = {
      {"{\"a\":1}\n{\"a\":2}\n", "peer_a 2\n", ""},
      {"{\"a\":1}\n{\"a\":2}", "peer_a 2\n", ""},
      {"\n{\"a\":1}\r\n\r\n {\"a\":nan,\"b\":2} \r\n\n", "peer_b 2\n",
       "1 non_finite"},
      {"{\"a\":1}\n{\"b\":1}\n{\"a\":2", "peer_b 1\n", "1 type"},
      {"{\"b\":1}\n{\"a\":{\"c\":2}", "peer_b 1\n", "1 type"},
      {"{\"a\":1}\n{", "peer_a 1\n", "1 type"},
      {"{\"a\":\n{\"b\":1}}", "peer_a_b 1\n", ""},
      {"{\"a\":{}\n,\"b\":1\n}\n", "peer_b 1\n", ""},
      {"{\"a\":[\n{},\n{}\n],\"b\":1}", "peer_b 1\n", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.bytes);
    const auto translated = Translate(row.bytes);
    CHECK(translated.error == "");
    CHECK(translated.lines == row.lines);
    CHECK(ToText(translated.skipped) == row.skipped);
  }
  for (const std::string bytes :
       {"{\"a\":1}\n{\"a\":foo}\n", "{\"a\":foo}\n{\"a\":", "{\"a\":1}{",
        "{\"a\":1}\n[2]\n", "{\"a\":1}\n2\n", "{\"a\":1}\nx\n{\"a\":2}\n"}) {
    CAPTURE(bytes);
    CHECK(Translate(bytes).error == "parse");
  }
}

TEST_CASE("peer json: skipped values are named by their paths") {
  const Options options;
  Samples samples(options);
  std::string bytes = R"({"a":{"b":null},"list":[1,[2,{"x":3}]],"":1,
      "c":{"":{"d":2}},"deep":{"x":[)" +
                      std::string(16, '[') + std::string(16, ']') +
                      R"(]},"metrics":[7,{"name":"m"},{"name":"","value":1},
      {"name":"l","value":1,"labels":7}]})";
  REQUIRE(TranslateJson(bytes, samples));
  CHECK(samples.skipped_names().at(SkipReason::kType) ==
        std::vector<std::string>{"a.b", "list", "metrics", "m"});
  CHECK(samples.skipped_names().at(SkipReason::kName) ==
        std::vector<std::string>{"\"\"", "c.\"\"", "metrics"});
  CHECK(samples.skipped_names().at(SkipReason::kDepth) ==
        std::vector<std::string>{"deep.x"});
  CHECK(samples.skipped_names().at(SkipReason::kLabel) ==
        std::vector<std::string>{"l"});
}

TEST_CASE("peer json: an invalid string is dropped alone") {
  const std::string texts[] = {
      "\xff",
      "x\xff\xfe",
      "\xc3",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      std::string(1, '\0'),
      "a\nb",
      "\x1f",
      R"(\x)",
      R"(\u12)",
      R"(\u12g4)",
      R"(\ud800)",
      R"(\udBff\n)",
      R"(\ud800\ud800)",
      R"(\ud800\u0041)",
      R"(\udc00)",
      R"(\u0000)",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto info =
        Translate(R"({"a":1,"info":{"x":")" + text + R"(","y":"good"},"b":2})");
    CHECK(info.error == "");
    CHECK(info.lines == "peer_a 1\npeer_b 2\npeer_info{y=\"good\"} 1\n");
    CHECK(info.skipped == Skips{{SkipReason::kEncoding, 1}});
    const auto help = Described(R"({"name":"x","value":1,"help":")" + text +
                                R"("},{"name":"y","value":1})");
    CHECK(help.lines == "peer_y 1\n");
    CHECK(help.skipped == Skips{{SkipReason::kEncoding, 1}});
  }
}

TEST_CASE("peer json: unusual strings are strings") {
  const auto translated =
      Translate(R"({"info":{"a":"\ud83d\ude00","b":"\"\\\/\t","c":"\u00e4"}})");
  CHECK(translated.lines ==
        "peer_info{a=\"\xf0\x9f\x98\x80\",b=\"\\\"\\\\/\t\",c=\"\xc3\xa4\"}"
        " 1\n");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer json: strings that look like numbers are strings") {
  CHECK(Translate(R"({"info":{"a":"1e999","b":"\"1e999"}})").lines ==
        "peer_info{a=\"1e999\",b=\"\\\"1e999\"} 1\n");
}

TEST_CASE("peer json: below a path that is too long nothing is read") {
  const std::string key(190, 'k');
  const auto translated = Translate("{\"" + key +
                                    R"(":{"a":1,"much_longer":{"b":1,"c":[2,3]},
                                    "d":4}})");
  CHECK(translated.lines == "peer_" + key + "_a 1\npeer_" + key + "_d 4\n");
  CHECK(translated.skipped == Skips{{SkipReason::kName, 3}});
}

TEST_CASE("peer json: an unprintable key does not reach HELP") {
  const auto translated = Translate(R"({"a\udc00b":1})");
  REQUIRE(translated.families.size() == 1);
  CHECK(translated.families[0].help.find('\xed') == std::string::npos);
  CHECK(translated.lines == "peer_a___b 1\n");
}

TEST_CASE("peer json: more than sixteen texts under info") {
  std::string info;
  for (int i = 0; i < 18; ++i) {
    info += (i > 0 ? ",\"l" : "\"l") + std::to_string(i) + "\":\"x\"";
  }
  const auto translated = Translate(R"({"info":{)" + info + "}}");
  CHECK(translated.lines.starts_with("peer_info{"));
  CHECK(translated.skipped == Skips{{SkipReason::kLabel, 2}});
}

TEST_CASE("peer json: metrics that describe themselves") {
  const auto translated = Translate(R"({"metrics":[
      {"name":"rounds_total","type":"counter","help":"Rounds.","value":3},
      {"name":"queue","type":"gauge","unit":"bytes","help":"Waiting.",
       "labels":{"kind":"new \"ones\""},"value":2.5},
      {"name":"ready","value":true},
      {"name":"runs_total","value":1},
      {"name":"build","type":"info","labels":{"version":"1.2"}}]})");
  CHECK(translated.error == "");
  CHECK(translated.lines ==
        "peer_rounds_total 3\n"
        "peer_queue_bytes{kind=\"new \\\"ones\\\"\"} 2.5\n"
        "peer_ready 1\n"
        "peer_runs_total 1\n"
        "peer_build_info{version=\"1.2\"} 1\n");
  CHECK(translated.skipped.empty());
  REQUIRE(translated.families.size() == 5);
  CHECK(translated.families[0].help == "Rounds.");
  CHECK(translated.families[0].type == kCounter);
  CHECK(translated.families[2].type == kGauge);
  CHECK(translated.families[3].type == kCounter);
}

TEST_CASE("peer json: members beside described metrics are read too") {
  CHECK(Translate(R"({"metrics":[{"name":"a","value":1}],"b":2,
                      "info":{"name":"x"}})")
            .lines == "peer_a 1\npeer_b 2\npeer_info{name=\"x\"} 1\n");
}

TEST_CASE("peer json: metrics that is not a list is an ordinary path") {
  CHECK(Translate(R"({"metrics":{"x":1}})").lines == "peer_metrics_x 1\n");
}

TEST_CASE("peer json: the unit ends a name, before _total") {
  struct Row {
    std::string name;
    std::string unit;
    std::string full;
  };
  const Row rows[] = {
      {"duration", "seconds", "peer_duration_seconds"},
      {"duration_seconds", "seconds", "peer_duration_seconds"},
      {"sent_total", "bytes", "peer_sent_bytes_total"},
      {"sent_bytes_total", "bytes", "peer_sent_bytes_total"},
      {"seconds", "seconds", "peer_seconds_seconds"},
      {"x", "", "peer_x"},
      {"sent-total", "bytes", "peer_sent_bytes_total"},
      {"sent", "kilo bytes", "peer_sent_kilo_bytes"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.unit);
    CHECK(Described(R"({"name":")" + row.name + R"(","unit":")" + row.unit +
                    R"(","value":1})")
              .lines == row.full + " 1\n");
  }
}

TEST_CASE("peer json: names of described metrics are converted") {
  const auto translated = Translate(R"({"metrics":[
      {"name":"a-b","value":1},
      {"name":"vllm:running","type":"gauge","value":2},
      {"name":"1st","value":3},
      {"name":"sent-total","value":4},
      {"name":"\u00e4","value":5},
      {"name":"build.info","type":"info","labels":{"version":"1"}},
      {"name":"a.b","type":"counter","value":6}]})");
  CHECK(translated.lines ==
        "peer_a_b 1\n"
        "peer_vllm_running 2\n"
        "peer_1st 3\n"
        "peer_sent_total 4\n"
        "peer__ 5\n"
        "peer_build_info{version=\"1\"} 1\n");
  CHECK(translated.skipped == Skips{{SkipReason::kDuplicate, 1}});
  REQUIRE(translated.families.size() == 6);
  CHECK(translated.families[3].type == kCounter);
}

TEST_CASE("peer json: invalid described metrics") {
  struct Row {
    std::string metric;
    SkipReason reason;
  };
  const Row rows[] = {
      {R"(7)", SkipReason::kType},
      {R"(null)", SkipReason::kType},
      {R"({})", SkipReason::kName},
      {R"({"name":7,"value":1})", SkipReason::kName},
      {R"({"name":"","value":1})", SkipReason::kName},
      {R"({"name":"","unit":"bytes","value":1})", SkipReason::kName},
      {R"({"name":"a\u0000","value":1})", SkipReason::kEncoding},
      {R"({"name":"a","unit":"\udc00","value":1})", SkipReason::kEncoding},
      {R"({"name":"a"})", SkipReason::kType},
      {R"({"name":"a","value":null})", SkipReason::kType},
      {R"({"name":"a","value":"1"})", SkipReason::kType},
      {R"({"name":"a","value":[1]})", SkipReason::kType},
      {R"({"name":"a","type":"untyped","value":1})", SkipReason::kType},
      {R"({"name":"a","type":"Gauge","value":1})", SkipReason::kType},
      {R"({"name":"a","type":"info","value":1})", SkipReason::kType},
      {R"({"name":"a","type":"counter","value":-1})",
       SkipReason::kNegativeCounter},
      {R"({"name":"a","value":Infinity})", SkipReason::kNonFinite},
      {R"({"name":"a","value":1,"labels":[]})", SkipReason::kLabel},
      {R"({"name":"a","value":1,"labels":"x"})", SkipReason::kLabel},
      {R"({"name":"a","value":1,"labels":{"b":1}})", SkipReason::kLabel},
      {R"({"name":"a","value":1,"labels":{"b":null}})", SkipReason::kLabel},
      {R"({"name":"a","value":1,"labels":{"":"x"}})", SkipReason::kLabel},
      {R"({"name":"a","value":1,"labels":{"b":"\udc00"}})",
       SkipReason::kEncoding},
      {R"({"name":"a","value":1,"help":"\udc00"})", SkipReason::kEncoding},
      {R"({"name":"a","value":1,"labels":{"__b":"1"}})", SkipReason::kReserved},
      {R"({"name":"peer_up","value":1})", SkipReason::kReserved},
  };
  for (const auto& row : rows) {
    CAPTURE(row.metric);
    const auto translated = Described(row.metric);
    CHECK(translated.error == "");
    CHECK(translated.lines == "");
    CHECK(translated.skipped == Skips{{row.reason, 1}});
  }
}

TEST_CASE("peer json: the buckets of a histogram come in any order") {
  const auto translated = Described(
      R"({"name":"duration","type":"histogram","unit":"seconds","help":"h",
          "buckets":{"10":3,"0.1":1,"1":3,"+Inf":4},"sum":2.25,"count":4,
          "labels":{"kind":"x"}})");
  CHECK(translated.lines ==
        "peer_duration_seconds_bucket{kind=\"x\",le=\"0.1\"} 1\n"
        "peer_duration_seconds_bucket{kind=\"x\",le=\"1.0\"} 3\n"
        "peer_duration_seconds_bucket{kind=\"x\",le=\"10.0\"} 3\n"
        "peer_duration_seconds_bucket{kind=\"x\",le=\"+Inf\"} 4\n"
        "peer_duration_seconds_sum{kind=\"x\"} 2.25\n"
        "peer_duration_seconds_count{kind=\"x\"} 4\n");
}

TEST_CASE("peer json: whole counts in any notation") {
  for (const std::string three : {"3", "3.0", "3e0", "0.3e1"}) {
    CAPTURE(three);
    CHECK(Described(R"({"name":"h","type":"histogram","buckets":{"1":)" +
                    three + R"(},"sum":2,"count":)" + three + "}")
              .lines ==
          "peer_h_bucket{le=\"1.0\"} 3\npeer_h_bucket{le=\"+Inf\"} 3\n"
          "peer_h_sum 2\npeer_h_count 3\n");
    CHECK(Described(R"({"name":"s","type":"summary","quantiles":{},"sum":2,)"
                    R"("count":)" +
                    three + "}")
              .lines == "peer_s_sum 2\npeer_s_count 3\n");
  }
}

TEST_CASE("peer json: a histogram without +Inf gets it from its count") {
  CHECK(Described(R"({"name":"h","type":"histogram","buckets":{"1":3},
                      "sum":-2,"count":5})")
            .lines ==
        "peer_h_bucket{le=\"1.0\"} 3\n"
        "peer_h_bucket{le=\"+Inf\"} 5\n"
        "peer_h_sum -2\n"
        "peer_h_count 5\n");
}

TEST_CASE("peer json: a missing count of a histogram is its +Inf bucket") {
  CHECK(Described(R"({"name":"h","type":"histogram","sum":2,
                      "buckets":{"1":3,"+Inf":5}})")
            .lines ==
        "peer_h_bucket{le=\"1.0\"} 3\n"
        "peer_h_bucket{le=\"+Inf\"} 5\n"
        "peer_h_sum 2\n"
        "peer_h_count 5\n");
}

TEST_CASE("peer json: an incomplete distribution is served as untyped") {
  struct Row {
    std::string metric;
    std::string lines;
  };
  const std::string bucket = "peer_h_bucket{le=\"1.0\"} 3\n";
  const std::string quantile = "peer_s{quantile=\"0.5\"} 3\n";
  const Row rows[] = {
      {R"("h","type":"histogram","buckets":{"1":3,"+Inf":4},"sum":1,"count":3)",
       bucket + "peer_h_bucket{le=\"+Inf\"} 4\npeer_h_sum 1\npeer_h_count 3\n"},
      {R"("h","type":"histogram","buckets":{"1":3},"count":3)",
       bucket + "peer_h_count 3\n"},
      {R"("h","type":"histogram","buckets":{"1":3},"sum":null,"count":3.0)",
       bucket + "peer_h_count 3\n"},
      {R"("h","type":"histogram","buckets":{"1":3},"sum":1)",
       bucket + "peer_h_sum 1\n"},
      {R"("h","type":"histogram","buckets":{"1":3,"2":1})",
       bucket + "peer_h_bucket{le=\"2.0\"} 1\n"},
      {R"("s","type":"summary","quantiles":{"0.5":3},"sum":1)",
       quantile + "peer_s_sum 1\n"},
      {R"("s","type":"summary","quantiles":{"0.5":3},"count":2)",
       quantile + "peer_s_count 2\n"},
      {R"("s","type":"summary","quantiles":{"0.5":3})", quantile},
  };
  for (const auto& row : rows) {
    CAPTURE(row.metric);
    const auto translated = Described(R"({"name":)" + row.metric + "}");
    CHECK(translated.lines == row.lines);
    CHECK(translated.skipped.empty());
    for (const auto& family : translated.families) {
      CHECK(family.type == kUntyped);
    }
  }
}

TEST_CASE("peer json: one incomplete histogram makes its family untyped") {
  const std::string whole =
      R"({"name":"h","type":"histogram","labels":{"a":"x"},"buckets":{},)"
      R"("sum":1,"count":2})";
  const std::string part =
      R"({"name":"h","type":"histogram","labels":{"a":"y"},"buckets":{},)"
      R"("count":3})";
  const auto first = Translate(R"({"metrics":[)" + whole + "," + part + "]}");
  CHECK(first.lines ==
        "peer_h_sum{a=\"x\"} 1\n"
        "peer_h_count{a=\"x\"} 2\n"
        "peer_h_count{a=\"y\"} 3\n");
  CHECK(first.skipped.empty());
  const auto last = Translate(R"({"metrics":[)" + part + "," + whole + "]}");
  CHECK(last.lines ==
        "peer_h_count{a=\"y\"} 3\n"
        "peer_h_count{a=\"x\"} 2\n"
        "peer_h_sum{a=\"x\"} 1\n");
  CHECK(last.skipped.empty());
}

TEST_CASE("peer json: invalid histograms") {
  const std::string parts[] = {
      R"("sum":1,"count":3)",  // no buckets
      R"("buckets":{})",       // nothing
      R"("buckets":[1,2],"sum":1,"count":3)",
      R"("buckets":{"1":3,"+Inf":2},"sum":1,"count":2)",  // falls
      R"("buckets":{"1":3,"2":1},"sum":1,"count":3)",
      R"("buckets":{"1":4},"sum":1,"count":3)",  // above its count
      R"("buckets":{"one":1},"sum":1,"count":3)",
      R"("buckets":{"":1},"sum":1,"count":3)",
      R"("buckets":{"nan":1},"sum":1,"count":3)",
      R"("buckets":{"-inf":1},"sum":1,"count":3)",
      R"("buckets":{"1":1,"1.0":2},"sum":1,"count":3)",
      R"("buckets":{"1":1.5},"sum":1,"count":3)",
      R"("buckets":{"1":-1},"sum":1,"count":3)",
      R"("buckets":{"1":1},"sum":1,"count":-3)",
      R"("buckets":{"1":1},"sum":1,"count":3.5)",
      R"("buckets":{"1":1},"count":"3")",
      R"("buckets":{"1":1},"sum":"x","count":3)",
      R"("buckets":{"1":"1"},"sum":1,"count":3)",
      R"("buckets":{"1":1},"sum":1,"count":NaN)",
      R"("buckets":{"1":1},"sum":1,"count":18446744073709551616)",
      R"("value":1)",
  };
  for (const auto& part : parts) {
    CAPTURE(part);
    const auto translated =
        Described(R"({"name":"h","type":"histogram",)" + part + "}");
    CHECK(translated.lines == "");
    CHECK(translated.skipped == Skips{{SkipReason::kType, 1}});
  }
}

TEST_CASE("peer json: the quantiles of a summary come in any order") {
  const auto translated = Described(
      R"({"name":"reply","type":"summary","unit":"seconds","help":"h",
          "quantiles":{"0.99":0.5,"0.50":0.25,"1":"7","0":-1},"sum":2.25,
          "count":4,"labels":{"kind":"x"}})");
  CHECK(translated.lines ==
        "peer_reply_seconds{kind=\"x\",quantile=\"0.0\"} -1\n"
        "peer_reply_seconds{kind=\"x\",quantile=\"0.5\"} 0.25\n"
        "peer_reply_seconds{kind=\"x\",quantile=\"0.99\"} 0.5\n"
        "peer_reply_seconds{kind=\"x\",quantile=\"1.0\"} 7\n"
        "peer_reply_seconds_sum{kind=\"x\"} 2.25\n"
        "peer_reply_seconds_count{kind=\"x\"} 4\n");
  REQUIRE(translated.families.size() == 1);
  CHECK(translated.families[0].type == kSummary);
}

TEST_CASE("peer json: a NaN quantile is left out, an infinite one is skipped") {
  const auto translated = Described(
      R"({"name":"s","type":"summary","quantiles":{"0.5":NaN,"0.9":1e999,
          "0.99":2},"sum":0,"count":0})");
  CHECK(translated.lines ==
        "peer_s{quantile=\"0.99\"} 2\npeer_s_sum 0\npeer_s_count 0\n");
  CHECK(translated.skipped == Skips{{SkipReason::kNonFinite, 1}});
}

TEST_CASE("peer json: invalid summaries") {
  const std::string parts[] = {
      R"("sum":1,"count":3)",  // no quantiles
      R"("quantiles":{})",     // nothing
      R"("quantiles":[0.5],"sum":1,"count":3)",
      R"("quantiles":{"half":1},"sum":1,"count":3)",
      R"("quantiles":{"":1},"sum":1,"count":3)",
      R"("quantiles":{"nan":1},"sum":1,"count":3)",
      R"("quantiles":{"+Inf":1},"sum":1,"count":3)",
      R"("quantiles":{"1.01":1},"sum":1,"count":3)",
      R"("quantiles":{"-0.1":1},"sum":1,"count":3)",
      R"("quantiles":{"0.5":1,"0.50":2},"sum":1,"count":3)",
      R"("quantiles":{"0.5":null},"sum":1,"count":3)",
      R"("quantiles":{"0.5":1},"sum":1,"count":-3)",
      R"("quantiles":{"0.5":1},"sum":1,"count":3.5)",
      R"("quantiles":{"0.5":1},"sum":[],"count":3)",
      R"("buckets":{"1":3},"sum":1,"count":3)",
      R"("value":1)",
  };
  for (const auto& part : parts) {
    CAPTURE(part);
    const auto translated =
        Described(R"({"name":"s","type":"summary",)" + part + "}");
    CHECK(translated.lines == "");
    CHECK(translated.skipped == Skips{{SkipReason::kType, 1}});
  }
}

TEST_CASE("peer json: a summary with an invalid sum") {
  CHECK(Described(R"({"name":"s","type":"summary","quantiles":{},"sum":NaN,
                      "count":0})")
            .skipped == Skips{{SkipReason::kNonFinite, 1}});
}

TEST_CASE("peer json: a histogram with an invalid sum") {
  CHECK(Described(R"({"name":"h","type":"histogram","buckets":{},"sum":NaN,
                      "count":0})")
            .skipped == Skips{{SkipReason::kNonFinite, 1}});
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
