#include "adapters/peer/key_value.h"

#include <doctest/doctest.h>

#include "tests/adapters/peer/translated.h"

namespace ipfs_peer_exporter::peer {
namespace {

Translated Translate(const std::string& bytes) {
  return TranslateWith(TranslateKeyValue, bytes);
}

TEST_CASE("key value: a document without any valid line is an error") {
  for (const auto* bytes :
       {"hello\n", "<html>\n</html>\n", "\xff=1\n", "=1\n", "a=1", "x 1\n"}) {
    CAPTURE(bytes);
    const auto translated = Translate(bytes);
    CHECK(translated.error == "parse");
    CHECK(translated.lines == "");
  }
}

TEST_CASE("key value: an empty document is not an error") {
  for (const auto* bytes : {"", "\n", "# a=1\n", " \t\r\n"}) {
    CAPTURE(bytes);
    const auto translated = Translate(bytes);
    CHECK(translated.error == "");
    CHECK(translated.lines == "");
    CHECK(translated.skipped.empty());
  }
}

TEST_CASE("key value: a bad line is dropped alone") {
  struct Row {
    std::string line;
    std::string skipped;
  };
  const Row rows[] = {
      {"bad", "1 type"},
      {"bad=", "1 type"},
      {"bad=text", "1 type"},
      {"bad=12 kB", "1 type"},
      {"bad=1,5", "1 type"},
      {"bad=0x10", "1 type"},
      {"bad==1", "1 type"},
      {"bad=+-1", "1 type"},
      {"bad=True", "1 type"},
      {"bad: 12:30", "1 type"},
      {"=1", "1 name"},
      {": 1", "1 name"},
      {std::string(200, 'n') + "=1", "1 name"},
      {"bad\xff=1", "1 encoding"},
      {"info.x=\xff", "1 encoding"},
      {"info.x=" + std::string(257, 'v'), "1 label"},
      {"info.__job=x", "1 reserved"},
      {"info=text", "1 type"},
      {"up=1", "1 reserved"},
      {"bad: 1 worse: text", "1 type"},
      {"bad: 1 worse:", "1 type"},
      {"bad: 1 : 2", "1 type"},
      {"bad: 1 worse 2", "1 type"},
      {"STAT bad text", "1 type"},
      {"STAT bad", "1 type"},
      {"bad=nan", "1 non_finite"},
      {"bad=-nan(ind)", "1 non_finite"},
      {"bad=1.#QNAN", "1 non_finite"},
      {"STAT bad nan", "1 non_finite"},
      {"bad=-inf", "1 non_finite"},
      {"bad=Infinity", "1 non_finite"},
      {"bad=1e999", "1 non_finite"},
      {"bad=" + std::string(400, '9') + "e-5", "1 non_finite"},
      {"bad_total=-1", "1 negative_counter"},
      {"good=2", "1 duplicate"},
      {"Good=2", "1 duplicate"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.line);
    const auto translated = Translate("good=1\n" + row.line + "\nalso=2\n");
    CHECK(translated.error == "");
    CHECK(translated.lines == "peer_good 1\npeer_also 2\n");
    CHECK(ToText(translated.skipped) == row.skipped);
  }
}

TEST_CASE("key value: both separators, blanks, comments") {
  const auto translated = Translate(
      "# remark\n\n a = 1 \r\nb: -2.5e1\nc:+3\nisReady=true\nbusy: false\n"
      "model.lossRatio=5e-324\nuptime-seconds=1e-999\ntrainings_total=7\n"
      "info.modelKind=logistic regression\ninfo.url: http://[::1]/\n"
      "info.layers=3\n");
  CHECK(translated.lines ==
        "peer_a 1\npeer_b -25\npeer_c 3\npeer_is_ready 1\npeer_busy 0\n"
        "peer_model_loss_ratio 5e-324\npeer_uptime_seconds 0\n"
        "peer_trainings_total 7\n"
        "peer_info{layers=\"3\",model_kind=\"logistic regression\","
        "url=\"http://[::1]/\"} 1\n");
  CHECK(translated.skipped.empty());
  REQUIRE(translated.families.size() == 9);
  CHECK((translated.families[0].type == kGauge));
  CHECK((translated.families[7].type == kCounter));
  CHECK(translated.families[5].help.find("model.lossRatio") !=
        std::string::npos);
}

TEST_CASE("key value: numbers below info are strings") {
  CHECK(Translate("info.version=1.10\ninfo.commit=12e5678\ninfo.dirty=true\n"
                  "info.build=nan\n")
            .lines ==
        "peer_info{build=\"nan\",commit=\"12e5678\",dirty=\"true\","
        "version=\"1.10\"} 1\n");
}

TEST_CASE("key value: nginx' stub_status and Apache's ?auto") {
  const auto nginx = Translate(
      "Active connections: 291 \nserver accepts handled requests\n"
      " 16630948 16630948 31070465 \nReading: 6 Writing: 179 Waiting: 106 \n");
  CHECK(nginx.lines ==
        "peer_active_connections 291\npeer_reading 6\npeer_writing 179\n"
        "peer_waiting 106\n");
  CHECK(ToText(nginx.skipped) == "2 type");
  const auto apache = Translate(
      "localhost\nTotal Accesses: 12\nTotal kBytes: 34\nCPULoad: .0172222\n"
      "ReqPerSec: .00333333\nBusyWorkers: 1\nScoreboard: _W________\n");
  CHECK(apache.lines ==
        "peer_total_accesses 12\npeer_total_k_bytes 34\n"
        "peer_cpu_load 0.0172222\npeer_req_per_sec 0.00333333\n"
        "peer_busy_workers 1\n");
  CHECK(ToText(apache.skipped) == "2 type");
}

TEST_CASE("key value: memcached's stats") {
  const auto translated = Translate(
      "STAT pid 7\r\nSTAT version 1.6.18\r\nSTAT rusage_user 0.25\r\n"
      "STAT items:1:number 3\r\nEND\r\n");
  CHECK(translated.lines ==
        "peer_pid 7\npeer_rusage_user 0.25\npeer_items_1_number 3\n");
  CHECK(ToText(translated.skipped) == "1 type");
  CHECK(Translate("STAT = 1\nSTAT x: 2\nSTAT y=3\nSTAT: 4\n").lines ==
        "peer_stat 1\npeer_stat_x 2\npeer_stat_y 3\n");
}

TEST_CASE("key value: Redis' INFO within its frame") {
  const std::string info =
      "# Clients\r\nconnected_clients:1\r\nrole:master\r\n";
  const auto frame = "$" + std::to_string(info.size()) + "\r\n" + info + "\r\n";
  for (const auto& bytes :
       {info, frame, frame + "+OK\r\n", "+OK\r\n" + frame + "+OK\r\n"}) {
    CAPTURE(bytes);
    const auto translated = Translate(bytes);
    CHECK(translated.lines == "peer_connected_clients 1\n");
    CHECK(ToText(translated.skipped) == "1 type");
  }
  // Cut off within the last number, and invalid frames.
  CHECK(Translate("$99\r\na:1\r\nb:12").lines == "peer_a 1\n");
  CHECK(ToText(Translate("$9x\na:1\n").skipped) == "1 type");
  CHECK(ToText(Translate("+OK\na:1\n").skipped) == "1 type");
  CHECK(Translate("$0\r\n\r\na:1\n").lines == "");
}

TEST_CASE("key value: skipped values are named") {
  const Options options;
  Samples samples(options);
  CHECK(TranslateKeyValue("a=1\nstate = waiting\nno key\n=5\nb\xff=1\ncut=1",
                          samples));
  CHECK(samples.skipped_names().at(SkipReason::kType) ==
        std::vector<std::string>{"state", "no key", "cut=1"});
  CHECK(samples.skipped_names().at(SkipReason::kName) ==
        std::vector<std::string>{"=5"});
  CHECK(samples.skipped_names().at(SkipReason::kEncoding) ==
        std::vector<std::string>{"b?"});
}

TEST_CASE("key value: a string below info is the rest of the line") {
  CHECK(Translate("info.a: 1 b: 2\n").lines == "peer_info{a=\"1 b: 2\"} 1\n");
}

TEST_CASE("key value: a last line without line feed is dropped") {
  const auto translated = Translate("a=1\nb=12");
  CHECK(translated.lines == "peer_a 1\n");
  CHECK(ToText(translated.skipped) == "1 type");
}

}  // namespace
}  // namespace ipfs_peer_exporter::peer
