#include <doctest/doctest.h>

#include "adapters/peer/prometheus_text.h"
#include "exporter/store/text_format.h"
#include "tests/adapters/peer/translated.h"

namespace ipfs_peer_exporter::peer {
namespace {

Translated Translate(const std::string& bytes, const Options& options = {}) {
  return TranslateWith(TranslatePrometheusText, bytes, options);
}

// The page for `bytes`, with HELP and TYPE.
std::string Page(const std::string& bytes) {
  std::string page;
  for (const auto& family : Render(Translate(bytes).families)) {
    page += family.header + family.samples;
  }
  return page;
}

TEST_CASE("peer text: a document without any valid line is an error") {
  for (const auto* bytes : {"hello\n", "hello", "<html>\n</html>\n",
                            "{\"a\":1}\n", "a=1\nb=2\n", "x 1", "\xff\n"}) {
    CAPTURE(bytes);
    const auto translated = Translate(bytes);
    CHECK(translated.error == "parse");
    CHECK(translated.lines == "");
  }
}

TEST_CASE("peer text: lines may end as on Windows") {
  const auto translated =
      Translate("# TYPE x counter\r\nx{a=\"b\"} 1\r\n\r\ny 2\r\n# EOF\r\n");
  CHECK(translated.error == "");
  CHECK(translated.skipped.empty());
  CHECK(translated.lines == "peer_x{a=\"b\"} 1\npeer_y 2\n");
}

TEST_CASE("peer text: an empty page is not an error") {
  for (const auto* bytes : {"", "\n", "# a remark\n", "# EOF\n", "# EOF"}) {
    CAPTURE(bytes);
    const auto translated = Translate(bytes);
    CHECK(translated.error == "");
    CHECK(translated.skipped.empty());
  }
}

TEST_CASE("peer text: a bad line is dropped alone") {
  struct Row {
    std::string lines;
    std::string skipped;
  };
  const Row rows[] = {
      {"bad", "1 type"},
      {"bad one\nbad two", "2 type"},
      {"bad{a=\"\xff\"} 1", "1 encoding"},
      {"bad{a=\"b\",a=\"c\"} 1", "1 label"},
      {"bad{a.b=\"b\",a_b=\"c\"} 1", "1 label"},
      {"bad{a=\"" + std::string(257, 'v') + "\"} 1", "1 label"},
      {"bad{__name__=\"x\"} 1", "1 reserved"},
      {"bad 1e999", "1 non_finite"},
      {"# TYPE bad counter\nbad NaN", "1 non_finite"},
      {"# TYPE bad counter\nbad +Inf", "1 non_finite"},
      {"{\"\"} 1", "1 name"},
      {"{a=\"b\"} 1", "1 name"},
      {"# TYPE \"\" gauge\n{\"\",a=\"b\"} 1", "1 name"},
      {"(bad) 1", "1 type"},
      {std::string(200, 'n') + " 1", "1 name"},
      {"up 1", "1 reserved"},
      {"peer_up 1", "1 reserved"},
      {"good 2", "1 duplicate"},
      {"good{} 2", "1 duplicate"},
      {"# TYPE bad counter\nbad -1", "1 negative_counter"},
      {"# TYPE bad nonsense", "1 type"},
      {"# TYPE good gauge\ngood{a=\"b\"} 1", "1 type"},
      {"# TYPE bad histogram\nbad 1", "1 type"},
      {"# TYPE bad histogram\nbad_sum 1\nbad_count 1\nbad_bucket 1", "1 type"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.lines);
    const auto translated =
        Translate("good 1\n" + row.lines + "\n# TYPE also gauge\nalso 2\n");
    CHECK(translated.error == "");
    CHECK(translated.lines.starts_with("peer_good 1\n"));
    CHECK(translated.lines.ends_with("peer_also 2\n"));
    CHECK(ToText(translated.skipped) == row.skipped);
  }
}

TEST_CASE("peer text: a last line without line feed is dropped") {
  const auto translated = Translate("x 1\ny 12");
  CHECK(translated.lines == "peer_x 1\n");
  CHECK(ToText(translated.skipped) == "1 type");
  CHECK(Translate("x 1\n  ").skipped.empty());
}

TEST_CASE("peer text: families keep their types and help") {
  CHECK(Page("# HELP a_total Some \\\\ help.\n# TYPE a_total counter\n"
             "a_total{x=\"1\"} 3 1700000000000\na_total{x=\"2\"} 4\n"
             "# TYPE b gauge\n# HELP b Turned round.\nb -1.5\n"
             "c 7\n# TYPE d untyped\nd 8\n") ==
        "# HELP peer_a_total Some \\\\ help.\n# TYPE peer_a_total counter\n"
        "peer_a_total{x=\"1\"} 3\npeer_a_total{x=\"2\"} 4\n"
        "# HELP peer_b Turned round.\n# TYPE peer_b gauge\npeer_b -1.5\n"
        "# HELP peer_c Value of the peer's stats.\n# TYPE peer_c untyped\n"
        "peer_c 7\n"
        "# HELP peer_d Value of the peer's stats.\n# TYPE peer_d untyped\n"
        "peer_d 8\n");
}

TEST_CASE("peer text: a type ends with its family") {
  const auto translated =
      Translate("# TYPE a counter\na 1\nb 2\na{c=\"d\"} 3\n");
  REQUIRE(translated.families.size() == 2);
  CHECK((translated.families[1].type == kUntyped));
  CHECK(ToText(translated.skipped) == "1 type");
}

TEST_CASE("peer text: histograms and summaries, lines in any order") {
  CHECK(Page("# HELP h_seconds Time.\n# TYPE h_seconds histogram\n"
             "h_seconds_bucket{k=\"a\",le=\"+Inf\"} 3\n"
             "h_seconds_bucket{le=\"0.5\",k=\"a\"} 1\n"
             "h_seconds_count{k=\"b\"} 0\n"
             "h_seconds_sum{k=\"a\"} 2.5\n"
             "h_seconds_sum{k=\"b\"} 0\n"
             "# TYPE s summary\n"
             "s{quantile=\"0.9\"} 2\ns{quantile=\"0.5\"} NaN\n"
             "s_sum 4\ns_count 3\n") ==
        "# HELP peer_h_seconds Time.\n# TYPE peer_h_seconds histogram\n"
        "peer_h_seconds_bucket{k=\"a\",le=\"0.5\"} 1\n"
        "peer_h_seconds_bucket{k=\"a\",le=\"+Inf\"} 3\n"
        "peer_h_seconds_sum{k=\"a\"} 2.5\npeer_h_seconds_count{k=\"a\"} 3\n"
        "peer_h_seconds_bucket{k=\"b\",le=\"+Inf\"} 0\n"
        "peer_h_seconds_sum{k=\"b\"} 0\npeer_h_seconds_count{k=\"b\"} 0\n"
        "# HELP peer_s Value of the peer's stats.\n# TYPE peer_s summary\n"
        "peer_s{quantile=\"0.9\"} 2\npeer_s_sum 4\npeer_s_count 3\n");
}

TEST_CASE("peer text: the lines of a histogram, labels in any order") {
  CHECK(Translate("# TYPE h histogram\n"
                  "h_bucket{a=\"1\",b=\"2\",le=\"1\"} 1\n"
                  "h_bucket{le=\"+Inf\",b=\"2\",a=\"1\"} 3\n"
                  "h_sum{b=\"2\",a=\"1\"} 4\n"
                  "h_count{a=\"1\",c=\"\",b=\"2\"} 3\n")
            .lines ==
        "peer_h_bucket{a=\"1\",b=\"2\",le=\"1.0\"} 1\n"
        "peer_h_bucket{a=\"1\",b=\"2\",le=\"+Inf\"} 3\n"
        "peer_h_sum{a=\"1\",b=\"2\"} 4\npeer_h_count{a=\"1\",b=\"2\"} 3\n");
}

TEST_CASE("peer text: invalid distributions") {
  struct Row {
    std::string lines;  // after # TYPE h histogram and # TYPE s summary
    std::string skipped;
  };
  const Row rows[] = {
      {"h_bucket{le=\"1\"} 2\nh_bucket{le=\"2\"} 1\nh_sum 1\nh_count 2",
       "1 type"},
      {"h_bucket{le=\"1\"} 2\nh_sum 1\nh_count 1", "1 type"},
      {"h_sum 1\nh_count 1.5", "1 type"},
      {"h_sum 1\nh_count -1", "1 type"},
      {"h_sum 1\nh_count 1e300", "1 type"},
      {"h_bucket{le=\"1\"} 3\nh_sum 2\nh_count 7.5", "1 type"},
      {"h_bucket{le=\"1\"} 3\nh_sum 2\nh_count -7", "1 type"},
      {"h_bucket{le=\"1\"} 3\nh_sum 2\nh_count NaN", "1 type"},
      {"h_bucket{le=\"1\"} 3\nh_sum 2\nh_count 1e400", "1 type"},
      {"h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 4x\nh_sum 2", "1 type"},
      {"h_bucket{le=\"1\"} 1.5\nh_sum 2\nh_count 3", "1 type"},
      {"h_bucket{le=\"1\"} one\nh_sum 2\nh_count 3", "1 type"},
      {"h_bucket{le=\"1\"} 1\nh_sum 2 now\nh_count 3", "1 type"},
      {"h_sum{quantile=\"1\"} 1\nh_count{quantile=\"1\"} 1", "1 label"},
      {"h_sum{a=\"1\",a=\"2\"} 1\nh_count{a=\"1\",a=\"2\"} 1", "1 label"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.lines);
    const auto translated =
        Translate("# TYPE h histogram\n" + row.lines + "\n");
    CHECK(translated.error == "");
    CHECK(translated.lines == "");
    CHECK(ToText(translated.skipped) == row.skipped);
  }
}

TEST_CASE("peer text: a bad line of a distribution is dropped alone") {
  struct Row {
    std::string line;
    std::string skipped;
  };
  const Row rows[] = {
      {"h_bucket 1", "1 type"},
      {"h_bucket{le=\"\"} 1", "1 type"},
      {"h_bucket{le=\"-Inf\"} 1", "1 type"},
      {"h_bucket{le=\"1.0\"} 2", "1 duplicate"},
      {"h_created 1700000000", ""},
      {"h_bucket{le=\"1\"} 1 # {trace=\"x\"} 0.5", "1 duplicate"},
      {"h_bucket{le=\"3\"} 3 # {trace=\"x\"} 0.5", ""},
      {"h_bucket", "1 type"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const auto translated =
        Translate("# TYPE h histogram\nh_bucket{le=\"1\"} 1\n" + row.line +
                  "\nh_sum 2\nh_count 3\n");
    CHECK(translated.lines.starts_with("peer_h_bucket{le=\"1.0\"} 1\n"));
    CHECK(translated.lines.ends_with(
        "peer_h_bucket{le=\"+Inf\"} 3\npeer_h_sum 2\npeer_h_count 3\n"));
    CHECK(ToText(translated.skipped) == row.skipped);
  }
  CHECK(ToText(Translate("# TYPE s summary\ns 1\ns{quantile=\"2\"} 1\n"
                         "s_sum 1\ns_count 1\n")
                   .skipped) == "2 type");
}

TEST_CASE("peer text: features of OpenMetrics only") {
  const auto translated = Translate(
      "# TYPE a counter\n# UNIT a things\na_total 1 # {id=\"x\"} 1\n"
      "a_created 1700000000\n"
      "# TYPE build info\nbuild_info{version=\"1.2\"} 1\n"
      "# TYPE state stateset\nstate{state=\"on\"} 1\nstate{state=\"off\"} 0\n"
      "# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 2\ng_gsum 3\ng_gcount 2\n"
      "# TYPE u unknown\nu 4\n"
      "# EOF\nlate 1\nbad\n");
  CHECK(translated.lines ==
        "peer_a_total 1\n"
        "peer_build_info{version=\"1.2\"} 1\n"
        "peer_state{state=\"on\"} 1\npeer_state{state=\"off\"} 0\n"
        "peer_g_bucket{le=\"+Inf\"} 2\npeer_g_sum 3\npeer_g_count 2\n"
        "peer_u 4\n");
  CHECK(translated.skipped.empty());
  REQUIRE(translated.families.size() == 5);
  CHECK((translated.families[0].type == kCounter));
  CHECK((translated.families[1].type == kGauge));
  CHECK((translated.families[2].type == kGauge));
  CHECK((translated.families[3].type == kHistogram));
  CHECK((translated.families[4].type == kUntyped));
}

TEST_CASE("peer text: the label of the peer") {
  CHECK(Translate("x{a=\"b\"} 1\n", {.peer = "hub"}).lines ==
        "peer_x{a=\"b\",peer=\"hub\"} 1\n");
}

TEST_CASE("peer text: a broken set is dropped, the others stay") {
  const auto translated = Translate(
      "# TYPE h histogram\nh_bucket{a=\"1\",le=\"+Inf\"} 2\nh_sum{a=\"1\"} 1\n"
      "h_bucket{a=\"2\",le=\"1\"} 3\nh_sum{a=\"2\"} 1\nh_count{a=\"2\"} 7.5\n");
  CHECK(translated.lines ==
        "peer_h_bucket{a=\"1\",le=\"+Inf\"} 2\npeer_h_sum{a=\"1\"} 1\n"
        "peer_h_count{a=\"1\"} 2\n");
  CHECK(ToText(translated.skipped) == "1 type");
}

TEST_CASE("peer text: count and +Inf bucket replace each other") {
  const std::string whole =
      "peer_h_bucket{le=\"1.0\"} 3\npeer_h_bucket{le=\"+Inf\"} 4\n"
      "peer_h_sum 2\npeer_h_count 4\n";
  for (const std::string all :
       {"h_count 4", "h_bucket{le=\"+Inf\"} 4", "h_bucket{le=\"inf\"} 4.0",
        "h_count 4e0\nh_bucket{le=\"+Inf\"} 4"}) {
    CAPTURE(all);
    const auto translated = Translate(
        "# TYPE h histogram\nh_bucket{le=\"1\"} 3\nh_sum 2\n" + all + "\n");
    CHECK(translated.lines == whole);
    CHECK(translated.skipped.empty());
    CHECK((translated.families[0].type == kHistogram));
  }
}

TEST_CASE("peer text: incomplete distributions are served as untyped parts") {
  struct Row {
    std::string type;
    std::string lines;
    std::string served;  // the same lines if empty
  };
  const Row rows[] = {
      {"histogram",
       "h_bucket{le=\"1.0\"} 3\nh_bucket{le=\"+Inf\"} 4\nh_count 4\n", ""},
      {"histogram", "h_bucket{le=\"1.0\"} 3\nh_sum 2\n", ""},
      {"histogram", "h_bucket{le=\"1\"} 3\n", "h_bucket{le=\"1.0\"} 3\n"},
      {"histogram", "h_bucket{le=\"1e5\"} 3\n",
       "h_bucket{le=\"100000.0\"} 3\n"},
      {"histogram", "h_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 3\n", ""},
      {"histogram", "h_sum 1\n", ""},
      {"histogram", "h_count 1\n", ""},
      {"histogram", "h_count{le=\"1\"} 1\n", ""},
      {"gaugehistogram", "h_bucket{le=\"1.0\"} 3\nh_gsum 2\n", ""},
      {"gaugehistogram", "h_bucket{le=\"+Inf\"} 3\nh_gcount 3\n", ""},
      {"gaugehistogram", "h_bucket{le=\"+Inf\"} 3\nh_count 3\n", ""},
      {"summary", "h{quantile=\"0.5\"} 1\nh{quantile=\"0.9\"} 2\n", ""},
      {"summary", "h{quantile=\"0.5\"} +Inf\nh_sum 1\n", ""},
      {"summary", "h_count 3\n", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.lines);
    const auto translated =
        Translate("# HELP h Help.\n# TYPE h " + row.type + "\n" + row.lines);
    std::string served = row.served.empty() ? row.lines : row.served;
    for (std::size_t at = 0; at < served.size();
         at = served.find('\n', at) + 1) {
      served.insert(at, "peer_");
    }
    CHECK(translated.lines == served);
    CHECK(translated.skipped.empty());
    for (const auto& family : translated.families) {
      CHECK((family.type == kUntyped));
      CHECK(family.help == "Help.");
    }
  }
}

TEST_CASE("peer text: one incomplete set splits the whole family") {
  const auto translated = Translate(
      "# TYPE h histogram\nh_bucket{a=\"1\",le=\"+Inf\"} 2\n"
      "h_sum{a=\"1\"} 1\nh_bucket{a=\"2\",le=\"+Inf\"} 3\n");
  CHECK(translated.lines ==
        "peer_h_bucket{a=\"1\",le=\"+Inf\"} 2\n"
        "peer_h_bucket{a=\"2\",le=\"+Inf\"} 3\npeer_h_sum{a=\"1\"} 1\n");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer text: parts are duplicates by their whole names") {
  const auto translated = Translate(
      "# TYPE h_sum gauge\nh_sum 9\n# TYPE s_count untyped\n"
      "s_count 8\n# TYPE s summary\ns{quantile=\"1\"} 2\ns_count 3\n"
      "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 2\n");
  CHECK(translated.lines ==
        "peer_h_sum 9\npeer_s_count 8\npeer_s{quantile=\"1.0\"} 2\n"
        "peer_h_bucket{le=\"1.0\"} 1\n");
  CHECK(ToText(translated.skipped) == "2 duplicate");
}

TEST_CASE("peer text: a sum that is not finite is dropped alone") {
  const auto translated = Translate(
      "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum NaN\nh_count 1\n"
      "# TYPE s summary\ns_sum 1e400\ns_count 1\n");
  CHECK(translated.lines ==
        "peer_h_bucket{le=\"+Inf\"} 1\npeer_h_count 1\npeer_s_count 1\n");
  CHECK(ToText(translated.skipped) == "2 non_finite");
}

TEST_CASE("peer text: NaN quantiles of an idle summary are not counted") {
  const auto translated = Translate(
      "# TYPE d summary\nd{quantile=\"0.5\"} NaN\nd{quantile=\"0.9\"} NaN\n"
      "d_sum 0\nd_count 0\nd{quantile=\"0.5\",a=\"b\"} nan\n");
  CHECK(translated.lines == "peer_d_sum 0\npeer_d_count 0\n");
  CHECK(translated.skipped.empty());
  CHECK((translated.families[0].type == kSummary));
}

TEST_CASE("peer text: NaN and infinities of gauges and untyped are served") {
  const auto translated = Translate(
      "a NaN\nb -infinity\n# TYPE c gauge\nc Inf\n# TYPE d info\n"
      "d_info{e=\"f\"} nan\n");
  CHECK(translated.lines ==
        "peer_a NaN\npeer_b -Inf\npeer_c +Inf\npeer_d_info{e=\"f\"} NaN\n");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer text: the sample with the latest timestamp is served") {
  const auto translated = Translate(
      "# TYPE t gauge\nt 1 1000\nt 3 3000\nt 2 2000\nu 1\nu 2 5\n"
      "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2 2000\nh_sum 5 2000\n"
      "h_bucket{le=\"+Inf\"} 1 1000\nh_sum 4 1000\n"
      "# TYPE s summary\ns{quantile=\"1\"} 1 1\ns{quantile=\"1\"} NaN 2\n"
      "s_sum 1 1\ns_sum 2 2\ns_count 1 1\ns_count 3 2\n");
  CHECK(translated.lines ==
        "peer_t 3\npeer_u 1\npeer_h_bucket{le=\"+Inf\"} 2\npeer_h_sum 5\n"
        "peer_h_count 2\npeer_s_sum 2\npeer_s_count 3\n");
  CHECK(translated.skipped.empty());
  CHECK(ToText(Translate("t 1 5\nt 2 5\n# TYPE h histogram\nh_sum 1 5\n"
                         "h_sum 2 5\nh_count 1\n")
                   .skipped) == "2 duplicate");
}

TEST_CASE("peer text: HELP may follow its samples") {
  CHECK(Page("# TYPE a counter\na_total 1\n# HELP a Late.\n# HELP b\n"
             "# HELP b Second.\nb 2\n# EOF\n# HELP b Third.\n") ==
        "# HELP peer_a_total Late.\n# TYPE peer_a_total counter\n"
        "peer_a_total 1\n"
        "# HELP peer_b Value of the peer's stats.\n# TYPE peer_b untyped\n"
        "peer_b 2\n");
}

TEST_CASE("peer text: invalid characters in names are replaced") {
  const auto translated = Translate(
      "# HELP vllm:running Requests.\n# TYPE vllm:running gauge\n"
      "vllm:running{engine=\"0\"} 2\n"
      "# TYPE \"http.requests\" counter\n{\"http.requests\",\"a.b\"=\"c\"} 3\n"
      "# TYPE in-serv gauge\nin-serv 2\n"
      "# TYPE vllm:seconds histogram\nvllm:seconds_bucket{le=\"+Inf\"} 4\n"
      "vllm:seconds_sum 1.5\n");
  CHECK(translated.lines ==
        "peer_vllm_running{engine=\"0\"} 2\n"
        "peer_http_requests{a_b=\"c\"} 3\npeer_in_serv 2\n"
        "peer_vllm_seconds_bucket{le=\"+Inf\"} 4\npeer_vllm_seconds_sum 1.5\n"
        "peer_vllm_seconds_count 4\n");
  CHECK(translated.skipped.empty());
  CHECK(translated.families[0].help == "Requests.");
  CHECK((translated.families[1].type == kCounter));
}

TEST_CASE("peer text: a family whose name becomes another's is a duplicate") {
  const auto translated = Translate(
      "# TYPE a:b gauge\na:b 1\n# TYPE a_b counter\na_b{c=\"d\"} 2\n"
      "# TYPE a.b gauge\na.b 3\na.b{c=\"d\"} 4\n");
  CHECK(translated.lines == "peer_a_b 1\npeer_a_b{c=\"d\"} 4\n");
  CHECK(ToText(translated.skipped) == "2 duplicate");
}

TEST_CASE("peer text: le and quantile outside distributions are kept") {
  const auto translated = Translate(
      "a_bucket{le=\"1\"} 1\nb{quantile=\"0.5\"} 2\n"
      "c_bucket{vmrange=\"8.799e+01...1.000e+02\"} 1\n");
  CHECK(translated.lines ==
        "peer_a_bucket{le=\"1\"} 1\npeer_b{quantile=\"0.5\"} 2\n"
        "peer_c_bucket{vmrange=\"8.799e+01...1.000e+02\"} 1\n");
  CHECK(translated.skipped.empty());
}

TEST_CASE("peer text: skipped samples are named as the peer wrote them") {
  const Options options;
  Samples samples(options);
  REQUIRE(TranslatePrometheusText(
      "good:x 1\ngood:x 2\nin-serv one\n(odd) 1\nb{c.d=\"" +
          std::string(300, 'v') +
          "\"} 1\n# TYPE h:s histogram\nh:s_count 7.5\nh:s 1\n"
          "# TYPE c counter\nc -1\nd 1e400\nup 1\n"
          "f{x.y=\"1\",x-y=\"2\"} 1\ng{__a=\"b\"} 1\ne 5",
      samples));
  using Names = std::vector<std::string>;
  const auto& names = samples.skipped_names();
  CHECK(names.at(SkipReason::kDuplicate) == Names{"good:x"});
  CHECK(names.at(SkipReason::kType) == Names{"in-serv", "(odd)", "h:s", "e"});
  CHECK(names.at(SkipReason::kLabel) == Names{"b{c.d}", "f{x_y}"});
  CHECK(names.at(SkipReason::kNegativeCounter) == Names{"c"});
  CHECK(names.at(SkipReason::kNonFinite) == Names{"d"});
  CHECK(names.at(SkipReason::kReserved) == Names{"up", "g{__a}"});
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
