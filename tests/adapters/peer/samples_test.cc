#include "adapters/peer/samples.h"

#include <doctest/doctest.h>

#include <cmath>

#include "adapters/ipfs/collector.h"
#include "tests/adapters/lines.h"

namespace ipfs_peer_exporter::peer {
namespace {

// The number of samples skipped, when all of them for `reason`.
std::uint64_t Skipped(const Samples& samples, SkipReason reason) {
  const auto& skipped = samples.skipped();
  const auto found = skipped.find(reason);
  return skipped.size() == 1 && found != skipped.end() ? found->second : 0;
}

prometheus::ClientMetric::Histogram OneBucket(double sum) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = 1;
  histogram.sample_sum = sum;
  histogram.bucket.push_back({1, INFINITY});
  return histogram;
}

Sample Gauge(const std::string& name, double value = 1) {
  Sample sample;
  sample.name = name;
  sample.help = "A gauge.";
  sample.value = value;
  return sample;
}

Sample Counter(const std::string& name, double value = 1) {
  auto sample = Gauge(name, value);
  sample.type = kCounter;
  return sample;
}

Sample Histogram(const std::string& name, double sum = 1) {
  auto sample = Gauge(name, 0);
  sample.type = kHistogram;
  sample.histogram = OneBucket(sum);
  return sample;
}

Sample Summary(const std::string& name, double sum = 1) {
  auto sample = Gauge(name, 0);
  sample.type = kSummary;
  sample.summary = {.sample_count = 1,
                    .sample_sum = sum,
                    .quantile = {{.quantile = 0.5, .value = sum}}};
  return sample;
}

Sample Labelled(Labels labels) {
  auto sample = Gauge("x");
  sample.labels = std::move(labels);
  return sample;
}

// The result of one sample: its lines, or the reason of its skip.
std::string Fate(Sample sample, const Options& options = {}) {
  Samples samples(options);
  samples.Add(std::move(sample));
  if (samples.skipped().empty()) return Lines(samples.families());
  CHECK(samples.families().list().empty());
  return std::string(Name(samples.skipped().begin()->first));
}

TEST_CASE("peer samples: names become snake_case") {
  struct Row {
    std::string text;
    std::string name;
  };
  const Row rows[] = {
      {"", ""},
      {"accuracy", "accuracy"},
      {"modelAccuracy", "model_accuracy"},
      {"ModelAccuracy", "model_accuracy"},
      {"model.accuracy", "model_accuracy"},
      {"model.lossRatio", "model_loss_ratio"},
      {"HTTPServer", "http_server"},
      {"serverHTTP", "server_http"},
      {"parseHTTPBody", "parse_http_body"},
      {"ABC", "abc"},
      {"aB", "a_b"},
      {"AB", "ab"},
      {"step2Loss", "step2_loss"},
      {"sha256Sum", "sha256_sum"},
      {"layer1", "layer1"},
      {"1st", "1st"},
      {"already_snake", "already_snake"},
      {"with-dash and space", "with_dash_and_space"},
      {"_private", "_private"},
      {"caf\u00e9", "caf_"},
      {"caf\u00e9\u00e9s", "caf__s"},
      {"a\xff", "a_"},
      {"a__b", "a__b"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(SnakeCase(row.text) == row.name);
  }
}

TEST_CASE("peer samples: valid names") {
  const std::string good[] = {"a", "_", "A9", "a_b", "__x"};
  for (const auto& name : good) {
    CAPTURE(name);
    CHECK(IsName(name));
  }
  const std::string bad[] = {"", "9a", "a-b", "a.b", "a b", "a:b", "\u00e9"};
  for (const auto& name : bad) {
    CAPTURE(name);
    CHECK_FALSE(IsName(name));
  }
}

TEST_CASE("peer samples: the namespace is added once") {
  struct Row {
    std::string name_space;
    std::string name;
    std::string full;
  };
  const Row rows[] = {
      {"peer", "accuracy", "peer_accuracy"},
      {"peer", "peer_accuracy", "peer_accuracy"},
      {"peer", "peer", "peer"},
      {"peer", "peers", "peer_peers"},
      {"peer", "peer_peer_x", "peer_peer_x"},
      {"trainer", "peer_accuracy", "trainer_peer_accuracy"},
      {"trainer", "trainer_x", "trainer_x"},
      {"peer", "1st", "peer_1st"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name_space);
    CAPTURE(row.name);
    CHECK(Fate(Gauge(row.name), {.name_space = row.name_space, .peer = ""}) ==
          row.full + " 1\n");
  }
}

TEST_CASE("peer samples: a named peer adds its label last") {
  auto sample = Labelled({{"z", "1"}, {"a", "2"}});
  CHECK(Fate(sample, {.peer = "left"}) ==
        "peer_x{a=\"2\",z=\"1\",peer=\"left\"} 1\n");
  CHECK(Fate(sample) == "peer_x{a=\"2\",z=\"1\"} 1\n");
}

TEST_CASE("peer samples: invalid and long names are skipped") {
  const Options options;
  const std::string longest(kMaxName - 5, 'x');
  CHECK(Fate(Gauge(longest)) == "peer_" + longest + " 1\n");
  CHECK(Fate(Gauge(longest + "x")) == "name");
  CHECK(Fate(Gauge("")) == "name");
  CHECK(Fate(Gauge("\xff")) == "encoding");
}

TEST_CASE("peer samples: each invalid character becomes _") {
  struct Row {
    std::string name;
    std::string full;
  };
  const Row rows[] = {
      {"a.b", "peer_a_b"},
      {"a b\"c\nd", "peer_a_b_c_d"},
      {"vllm:num_requests", "peer_vllm_num_requests"},
      {"caf\u00e9", "peer_caf_"},
      {"\U0001F600", "peer__"},
      {"1.5", "peer_1_5"},
      {"peer:x", "peer_x"},
      {"peer.", "peer_"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(Fate(Gauge(row.name)) == row.full + " 1\n");
  }
  CHECK(Fate(Gauge("peer:up")) == "reserved");
  CHECK(Fate(Gauge(std::string(kMaxName, ':'))) == "name");
}

TEST_CASE("peer samples: the first of names that become equal is kept") {
  const Options options;
  Samples samples(options);
  samples.Add(Gauge("a:b"));
  samples.Add(Gauge("a.b", 2));
  auto other = Labelled({{"x", "y"}});
  other.name = "a_b";
  other.type = kCounter;
  samples.Add(other);
  CHECK(Lines(samples.families()) == "peer_a_b 1\n");
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 2);
  CHECK(samples.skipped_names().at(SkipReason::kDuplicate) ==
        std::vector<std::string>{"a.b", "a_b"});
}

TEST_CASE("peer samples: reserved names") {
  struct Row {
    std::string name_space;
    std::string name;
    bool reserved;
  };
  const Row rows[] = {
      {"peer", "up", true},
      {"peer", "peer_up", true},
      {"peer", "upside", false},
      {"trainer", "peer_up", false},  // trainer_peer_up
      {"ipfs", "up", true},           // ipfs_up of a collector
      {"ipfs", "repo_size_bytes", true},
      {"ipfs", "anything", false},
      {"ipfs_peer_exporter", "x", true},
      {"process", "open_fds", true},
      {"go", "goroutines", true},
      {"scrape", "duration_seconds", true},
      {"up", "up", true},
      {"gopher", "x", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name_space);
    CAPTURE(row.name);
    const auto fate =
        Fate(Gauge(row.name), {.name_space = row.name_space,
                               .peer = "",
                               .type_of_ours = ipfs::TypeOfFamily});
    CHECK((fate == "reserved") == row.reserved);
  }
}

TEST_CASE("peer samples: names of histogram parts may be reserved") {
  // ipfs_swarm_peer_latency_seconds is a histogram: its lines have other names.
  const Options ipfs{
      .name_space = "ipfs", .peer = "", .type_of_ours = ipfs::TypeOfFamily};
  for (const std::string name :
       {"swarm_peer_latency_seconds", "swarm_peer_latency_seconds_count",
        "swarm_peer_latency_seconds_bucket",
        "swarm_peer_latency_seconds_sum"}) {
    CAPTURE(name);
    CHECK(Fate(Gauge(name), ipfs) == "reserved");
  }
}

TEST_CASE("peer samples: reserved labels") {
  for (const std::string name : {"__name__", "__x", ":.x"}) {
    CAPTURE(name);
    CHECK(Fate(Labelled({{name, "x"}})) == "reserved");
  }
  for (const std::string name :
       {"jobs", "_x", "Le", "kind", "le", "quantile"}) {
    CAPTURE(name);
    CHECK(Fate(Labelled({{name, "x"}})) == "peer_x{" + name + "=\"x\"} 1\n");
  }
}

TEST_CASE("peer samples: labels of a target are renamed as Prometheus does") {
  for (const Options& options : {Options{}, Options{.peer = "hub"}}) {
    const std::string end =
        options.peer.empty() ? "} 1\n" : ",peer=\"hub\"} 1\n";
    for (const std::string name : {"job", "instance", "peer"}) {
      CAPTURE(name);
      CHECK(Fate(Labelled({{name, "a"}}), options) ==
            "peer_x{exported_" + name + "=\"a\"" + end);
      CHECK(Fate(Labelled({{"exported_" + name, "b"}, {name, "a"}}), options) ==
            "peer_x{exported_exported_" + name + "=\"a\",exported_" + name +
                "=\"b\"" + end);
    }
  }
  CHECK(Fate(Labelled({{"job", ""}, {"exported_job", "a"}})) ==
        "peer_x{exported_job=\"a\"} 1\n");
  CHECK(Fate(Labelled({{"job", "a"}, {"job", "b"}})) == "label");
}

TEST_CASE("peer samples: le and quantile are the format's own") {
  for (const auto& family : {Histogram("x"), Summary("x")}) {
    for (const std::string name : {"le", "quantile"}) {
      CAPTURE(name);
      auto sample = family;
      sample.labels = {{name, "1"}};
      CHECK(Fate(sample) == "label");
    }
  }
}

TEST_CASE("peer samples: names of labels are mended") {
  struct Row {
    std::string name;
    std::string mended;
  };
  const Row rows[] = {{"1", "_1"},    {"a-b", "a_b"},        {"a b", "a_b"},
                      {"a:b", "a_b"}, {"caf\u00e9", "caf_"}, {".job", "_job"}};
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(Fate(Labelled({{row.name, "x"}})) ==
          "peer_x{" + row.mended + "=\"x\"} 1\n");
  }
  CHECK(Fate(Labelled({{"a.b", "x"}, {"a-b", "y"}})) == "label");
}

TEST_CASE("peer samples: invalid, long, too many and repeated labels") {
  CHECK(Fate(Labelled({{"", "x"}})) == "label");
  const std::string value(kMaxLabelValue, 'v');
  CHECK(Fate(Labelled({{"a", value}})) == "peer_x{a=\"" + value + "\"} 1\n");
  CHECK(Fate(Labelled({{"a", value + "v"}})) == "label");
  CHECK(Fate(Labelled({{std::string(kMaxName + 1, 'a'), "x"}})) == "label");
  CHECK(Fate(Labelled({{"a", "x"}, {"b", "y"}, {"a", "z"}})) == "label");
  Labels labels;
  for (std::size_t i = 0; i < kMaxLabels; ++i) {
    labels.push_back({"l" + std::to_string(i), "x"});
  }
  CHECK(Fate(Labelled(labels)).starts_with("peer_x{"));
  labels.push_back({"one_more", "x"});
  CHECK(Fate(Labelled(labels)) == "label");
}

TEST_CASE("peer samples: label values that are not UTF-8") {
  CHECK(Fate(Labelled({{"a", "\xff"}})) == "encoding");
  CHECK(Fate(Labelled({{"\xff", "a"}})) == "encoding");
  CHECK(Fate(Labelled({{"a", std::string("x\0y", 3)}})) == "encoding");
  CHECK(Fate(Labelled({{"a", "caf\u00e9"}})) == "peer_x{a=\"caf\u00e9\"} 1\n");
}

TEST_CASE("peer samples: invalid numbers") {
  for (const double value :
       {double{NAN}, double{INFINITY}, -double{INFINITY}}) {
    CHECK(Fate(Gauge("x", value)) == "non_finite");
    CHECK(Fate(Counter("x_total", value)) == "non_finite");
    CHECK(Fate(Histogram("x", value)) == "non_finite");
    CHECK(Fate(Summary("x", value)) == "non_finite");
  }
  CHECK(Fate(Gauge("x", -1)) == "peer_x -1\n");
  CHECK(Fate(Counter("x_total", -1)) == "negative_counter");
  CHECK(Fate(Counter("x_total", 0)) == "peer_x_total 0\n");
}

TEST_CASE("peer samples: infinities and NaN of gauges are kept if allowed") {
  auto sample = Gauge("x", INFINITY);
  sample.means_non_finite = true;
  CHECK(Fate(sample) == "peer_x +Inf\n");
  sample.value = -INFINITY;
  CHECK(Fate(sample) == "peer_x -Inf\n");
  sample.value = NAN;
  CHECK(Fate(sample) == "peer_x NaN\n");
  sample.type = kUntyped;
  CHECK(Fate(sample) == "peer_x NaN\n");
  sample.type = kCounter;
  CHECK(Fate(sample) == "non_finite");
  for (auto other : {Histogram("x", NAN), Summary("x", NAN)}) {
    other.means_non_finite = true;
    CHECK(Fate(other) == "non_finite");
  }
}

TEST_CASE("peer samples: the latest sample of a series is kept") {
  const auto at = [](double value, double time) {
    auto sample = Gauge("x", value);
    sample.time = time;
    return sample;
  };
  const Options options;
  Samples samples(options);
  for (const auto& sample : {at(1, 10), at(2, 30), at(3, 20)}) {
    samples.Add(sample);
  }
  CHECK(Lines(samples.families()) == "peer_x 2\n");
  CHECK(samples.skipped().empty());
  samples.Add(at(4, 30));
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 1);
  samples.Add(Gauge("x", 5));  // now
  samples.Add(at(6, 40));
  CHECK(Lines(samples.families()) == "peer_x 5\n");
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 1);
  auto counter = at(7, INFINITY);
  counter.type = kCounter;
  samples.Add(counter);
  CHECK(Lines(samples.families()) == "peer_x 5\n");
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 2);
}

TEST_CASE("peer samples: the first of equal series is kept") {
  const Options options;
  Samples samples(options);
  samples.Add(Gauge("x", 1));
  samples.Add(Gauge("x", 2));
  samples.Add(Gauge("peer_x", 3));
  CHECK(Lines(samples.families()) == "peer_x 1\n");
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 2);
}

TEST_CASE("peer samples: the order of labels does not matter") {
  const Options options;
  Samples samples(options);
  samples.Add(Labelled({{"a", "1"}, {"b", "2"}}));
  samples.Add(Labelled({{"b", "2"}, {"a", "1"}}));
  samples.Add(Labelled({{"a", "1"}, {"b", "3"}}));
  CHECK(Lines(samples.families()) ==
        "peer_x{a=\"1\",b=\"2\"} 1\npeer_x{a=\"1\",b=\"3\"} 1\n");
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 1);
}

TEST_CASE("peer samples: a label with an empty value is left out") {
  const Options options;
  Samples samples(options);
  samples.Add(Labelled({{"a", "1"}, {"b", ""}}));
  samples.Add(Labelled({{"a", "1"}}));
  samples.Add(Labelled({{"c", ""}}));
  samples.Add(Labelled({}));
  CHECK(Lines(samples.families()) == "peer_x{a=\"1\"} 1\npeer_x 1\n");
  CHECK(Skipped(samples, SkipReason::kDuplicate) == 2);
}

TEST_CASE("peer samples: a name keeps the type of its first sample") {
  const Options options;
  Samples samples(options);
  samples.Add(Labelled({{"a", "1"}}));
  auto other = Labelled({{"a", "2"}});
  other.type = kCounter;
  samples.Add(other);
  CHECK(Lines(samples.families()) == "peer_x{a=\"1\"} 1\n");
  CHECK(Skipped(samples, SkipReason::kType) == 1);
}

TEST_CASE("peer samples: names of a family's parts are taken") {
  const Options options;
  struct Row {
    Sample family;
    std::string part;
  };
  const Row rows[] = {
      {Histogram("x"), "x_bucket"}, {Histogram("x"), "x_sum"},
      {Histogram("x"), "x_count"},  {Summary("x"), "x_sum"},
      {Summary("x"), "x_count"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.part);
    Samples family_first(options);
    family_first.Add(row.family);
    family_first.Add(Gauge(row.part));
    CHECK(Skipped(family_first, SkipReason::kDuplicate) == 1);
    CHECK(family_first.families().list().size() == 1);
    Samples family_last(options);
    family_last.Add(Gauge(row.part));
    family_last.Add(row.family);
    CHECK(Skipped(family_last, SkipReason::kDuplicate) == 1);
    CHECK(Lines(family_last.families()) == "peer_" + row.part + " 1\n");
  }
}

TEST_CASE("peer samples: names that only look like parts") {
  const Options options;
  struct Row {
    Sample family;
    std::string other;
  };
  const Row rows[] = {
      {Gauge("x"), "x_sum"},
      {Summary("x"), "x_bucket"},
      {Summary("x_sum"), "x_sum_bucket"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.other);
    Samples samples(options);
    samples.Add(row.family);
    samples.Add(Gauge(row.other));
    CHECK(samples.skipped().empty());
  }
}

TEST_CASE("peer samples: series beyond the limit are skipped") {
  const Options options{.peer = "", .max_series = 2};
  Samples samples(options);
  for (const std::string name : {"a", "b", "c", "d"}) samples.Add(Gauge(name));
  CHECK(Lines(samples.families()) == "peer_a 1\npeer_b 1\n");
  CHECK(Skipped(samples, SkipReason::kSeriesLimit) == 2);
}

TEST_CASE("peer samples: a family counts as many series as it has lines") {
  const Options enough{.peer = "", .max_series = 4};
  const Options less{.peer = "", .max_series = 2};
  // A bucket or quantile, sum and count.
  for (const auto& family : {Histogram("x"), Summary("x")}) {
    Samples fits(enough);
    fits.Add(family);
    fits.Add(Gauge("y"));
    CHECK(fits.skipped().empty());
    Samples samples(less);
    samples.Add(family);
    CHECK(Skipped(samples, SkipReason::kSeriesLimit) == 1);
  }
}

TEST_CASE("peer samples: the text has at most max_bytes") {
  const Options options{.peer = "", .max_bytes = 10'000};
  Samples samples(options);
  for (int i = 0; i < 100; ++i) {
    samples.Add(Labelled({{"a", std::to_string(i) + std::string(200, 'x')}}));
  }
  const auto lines = Lines(samples.families());
  CHECK(lines.size() > 5'000);
  CHECK(lines.size() <= 10'000);
  CHECK(Skipped(samples, SkipReason::kSeriesLimit) > 0);
}

TEST_CASE("peer samples: a HELP counts once") {
  const Options options{.peer = "", .max_bytes = 10'000};
  Samples samples(options);
  const auto add = [&](Sample sample) {
    sample.help = std::string(kMaxHelp, 'h');
    samples.Add(std::move(sample));
  };
  for (int i = 0; i < 100; ++i) add(Labelled({{"a", std::to_string(i)}}));
  CHECK(samples.series() == 100);
  for (int i = 0; i < 100; ++i) add(Gauge("y" + std::to_string(i)));
  CHECK(samples.series() < 110);
  CHECK(Skipped(samples, SkipReason::kSeriesLimit) > 90);
}

TEST_CASE("peer samples: a HELP that is missing or too long is replaced") {
  struct Row {
    std::string help;
    std::string printed;
  };
  const std::string longest(kMaxHelp, 'h');
  const Row rows[] = {{"Loss.", "Loss."},
                      {longest, longest},
                      {longest + "h", "Value of the peer's stats."},
                      {"", "Value of the peer's stats."}};
  for (const auto& row : rows) {
    CAPTURE(row.help.size());
    const Options options;
    Samples samples(options);
    auto sample = Gauge("x");
    sample.help = row.help;
    samples.Add(sample);
    REQUIRE(samples.families().list().size() == 1);
    CHECK(samples.families().list()[0].help == row.printed);
  }
}

TEST_CASE("peer samples: a skipped sample takes neither name nor room") {
  const Options options{.peer = "", .max_series = 1};
  Samples samples(options);
  samples.Add(Counter("x_total", -1));
  samples.Add(Gauge("y", NAN));
  samples.Add(Gauge("x_total"));
  CHECK(Lines(samples.families()) == "peer_x_total 1\n");
}

TEST_CASE("peer samples: every name of the catalogue is reserved") {
  for (const auto* collector : ipfs::Collectors()) {
    for (const auto& family : collector->families) {
      CAPTURE(family.name);
      const Options options{
          .name_space = "ipfs", .peer = "", .type_of_ours = ipfs::TypeOfFamily};
      CHECK(Fate(Gauge(std::string(family.name)), options) == "reserved");
    }
  }
}

TEST_CASE("peer samples: skips are counted by reason") {
  const Options options;
  Samples samples(options);
  samples.Skip(SkipReason::kDepth, {}, 3);
  samples.Skip(SkipReason::kDepth);
  samples.Skip(SkipReason::kName);
  CHECK(samples.skipped() ==
        std::map<SkipReason, std::uint64_t>{{SkipReason::kDepth, 4},
                                            {SkipReason::kName, 1}});
}

TEST_CASE("peer samples: the first names of skipped samples are kept") {
  const Options options;
  Samples samples(options);
  samples.Skip(SkipReason::kName);
  CHECK(samples.skipped_names().empty());
  for (int i = 0; i < 20; ++i) {
    samples.Skip(SkipReason::kName, "x" + std::to_string(i / 2));
    samples.Skip(SkipReason::kName, "last" + std::to_string(i));
  }
  const auto& names = samples.skipped_names().at(SkipReason::kName);
  CHECK(names.size() == kMaxSkippedNames);
  CHECK(names.front() == "x0");
  CHECK(names.back() == "x3");
  samples.Skip(SkipReason::kType, std::string(2 * kMaxName, 'a'));
  CHECK(samples.skipped_names().at(SkipReason::kType) ==
        std::vector{std::string(kMaxName, 'a')});
  samples.Skip(SkipReason::kDepth, std::string(kMaxName - 1, 'a') + "\u00e9");
  samples.Skip(SkipReason::kDepth,
               "a\xff"
               "b");
  CHECK(samples.skipped_names().at(SkipReason::kDepth) ==
        std::vector{std::string(kMaxName - 1, 'a'), std::string("a?b")});
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
