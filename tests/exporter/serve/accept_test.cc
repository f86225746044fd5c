#include "exporter/serve/accept.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter {
namespace {

const std::string kText = "text/plain; version=0.0.4; charset=utf-8";
const std::string kText1 = "text/plain; version=1.0.0; charset=utf-8";
const std::string kOpen =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
const std::string kOpen0 =
    "application/openmetrics-text; version=0.0.1; charset=utf-8";

struct Row {
  std::string accept;
  std::string type;
};

template <std::size_t size>
void CheckRows(const Row (&rows)[size]) {
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    const auto chosen = ChooseFormat(row.accept);
    CHECK(chosen.content_type == row.type);
    const bool is_text = row.type.starts_with("text");
    CHECK((chosen.format == Format::kText) == is_text);
  }
}

TEST_CASE("accept: what Prometheus and other clients send") {
  const Row rows[] = {
      // Prometheus 2.0 to 2.42
      {"application/openmetrics-text;version=1.0.0,"
       "application/openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpen},
      {"application/openmetrics-text; version=0.0.1,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpen0},
      {"text/plain;version=0.0.4;q=1,*/*;q=0.1", kText},
      // 2.43 to 2.55, and with scrape_native_histograms
      {"application/openmetrics-text;version=1.0.0;q=0.5,"
       "application/openmetrics-text;version=0.0.1;q=0.4,"
       "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       kOpen},
      {"application/vnd.google.protobuf;"
       "proto=io.prometheus.client.MetricFamily;encoding=delimited,"
       "application/openmetrics-text;version=1.0.0;q=0.8,"
       "application/openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       kOpen},
      // 3, by default and with scrape_protocols of one text format
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "application/openmetrics-text;version=0.0.1;q=0.5,"
       "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
       "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       kOpen + "; escaping=allow-utf-8"},
      {"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.4",
       kText1 + "; escaping=allow-utf-8"},
      {"text/plain;version=0.0.4;q=0.6,*/*;q=0.5", kText},
      {"application/openmetrics-text;version=0.0.1;q=0.6,*/*;q=0.5", kOpen0},
      // curl, Firefox, axios, Java
      {"*/*", kText},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
       kText},
      {"application/json, text/plain, */*", kText},
      {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", kText},
  };
  CheckRows(rows);
}

TEST_CASE("accept: weight, then precision, then order") {
  const Row rows[] = {
      {"", kText},
      {"text/plain", kText},
      {"text/plain;version=1.0.0", kText1},
      {"application/openmetrics-text", kOpen},
      {"application/openmetrics-text;version=0.0.1", kOpen0},
      {"application/*", kOpen},
      {"text/*", kText},
      {"application/openmetrics-text;q=0.4, text/plain;q=0.5", kText},
      {"text/plain;q=0.4, application/openmetrics-text;q=0.5", kOpen},
      {"text/plain, application/openmetrics-text", kText},
      {"application/openmetrics-text, text/plain", kOpen},
      {"text/plain, application/openmetrics-text;version=1.0.0", kOpen},
      {"*/*, application/openmetrics-text", kOpen},
      {"*/*, application/*", kOpen},
      {"text/*, application/openmetrics-text", kOpen},
      {"*/*;q=0.9, application/openmetrics-text;q=0.8", kText},
      {"text/plain;version=0.0.4;q=0.2, text/plain;q=0.5", kText1},
      {"text/plain;q=0.5, */*;q=0.8", kOpen},
      // A q of 0 excludes, whatever wider ranges say.
      {"application/openmetrics-text;q=0, */*", kText},
      {"text/plain;q=0, */*", kOpen},
      {"text/*;q=0.0, */*;q=0.1", kOpen},
      {"application/openmetrics-text;version=1.0.0;q=0, application/*", kOpen0},
      {"text/plain;version=0.0.4;q=0, text/plain", kText1},
  };
  CheckRows(rows);
}

TEST_CASE("accept: text 0.0.4 if nothing fits") {
  for (const std::string accept :
       {",", ";", "/", "text", "application/json", "text/html;q=0.5",
        "application/openmetrics-text;version=2.0.0",
        "application/openmetrics-text;q=0", "*/*;q=0", "text/plain;q=0",
        "application/openmetrics-text;q=2", "application/openmetrics-text;q=x",
        "application/openmetrics-textual", "*/openmetrics-text",
        "application/vnd.google.protobuf;encoding=delimited"}) {
    CAPTURE(accept);
    CHECK(ChooseFormat(accept).content_type == kText);
    CHECK(ChooseFormat(accept).format == Format::kText);
  }
}

TEST_CASE("accept: blanks, case, quotes and other parameters") {
  const Row rows[] = {
      {" Application/OpenMetrics-Text ; Version=0.0.1 ; Q=0.9 ", kOpen0},
      {"application/openmetrics-text;version=\"0.0.1\"", kOpen0},
      {"text/html;a=\"b,application/openmetrics-text\"", kText},
      {"application/openmetrics-text;a=\"x;q=0,\\\"\";version=0.0.1", kOpen0},
      {"application/openmetrics-text;charset=utf-8;version=0.0.1", kOpen0},
      {"text/html, ,application/openmetrics-text,", kOpen},
      {"text/html;a=\"open, application/openmetrics-text", kText},
  };
  CheckRows(rows);
}

TEST_CASE("accept: escaping is answered with a scheme that is true") {
  const std::string text = "text/plain;version=1.0.0;escaping=";
  const Row rows[] = {
      {text + "allow-utf-8", kText1 + "; escaping=allow-utf-8"},
      {text + "underscores", kText1 + "; escaping=underscores"},
      {text + "values", kText1 + "; escaping=values"},
      {text + "dots", kText1 + "; escaping=underscores"},
      {text + "\"values\"", kText1 + "; escaping=values"},
      {text + "x", kText1},
      {text, kText1},
      {"text/plain;escaping=values", kText + "; escaping=values"},
      {"application/openmetrics-text;escaping=dots;version=0.0.1",
       kOpen0 + "; escaping=underscores"},
      {"application/openmetrics-text;version=0.0.1,"
       "text/plain;escaping=values;q=0.5",
       kOpen0},
  };
  CheckRows(rows);
}

TEST_CASE("accept: gzip by weight") {
  for (const std::string header : {"gzip",
                                   "deflate, gzip;q=0.5",
                                   "br,gzip ; q=1.0",
                                   "\tgzip ,br",
                                   "gzip;q=0.001",
                                   "gzip;",
                                   "identity;q=0, gzip",
                                   "GZIP",
                                   "Gzip;Q=1",
                                   "gzip;x=0;q=0.5",
                                   "gzip;q=0.5, identity;q=0.5",
                                   "gzip;q=1.000",
                                   "identity, gzip",
                                   "gzip;q=0.1, br;q=1, *;q=0",
                                   "identity;q=0.4, gzip;q=0.5",
                                   "identity;q=x, gzip;q=0.1",
                                   "*, identity;q=0.5",
                                   "identity;q=0, *",
                                   "*;q=0.5, identity;q=0",
                                   "gzip, *;q=0.5",
                                   "gzip;q=0.5, *;q=0",
                                   "gzip;x=\"a,b\", br"}) {
    CAPTURE(header);
    CHECK(AcceptsGzip(header));
  }
  for (const std::string header : {"",
                                   " ",
                                   ",",
                                   "identity",
                                   "*",
                                   "x-gzip",
                                   "gzipped",
                                   "gzip;q=0",
                                   "br, gzip; q=0.000",
                                   "gzip;q=0, gzip",
                                   "GZIP;Q=0",
                                   "gzip;x=1;q=0",
                                   "gzip;q=x",
                                   "gzip;q=",
                                   "gzip;q=0.0001",
                                   "gzip;q=2",
                                   "gzip;q=-1",
                                   "identity, gzip;q=0.5",
                                   "gzip;q=0.5, Identity;q=0.501",
                                   "*, gzip;q=0",
                                   "gzip;q=0.1, *",
                                   "*;q=0",
                                   "identity, *;q=0.5",
                                   "gzip;q=0, identity;q=0"}) {
    CAPTURE(header);
    CHECK_FALSE(AcceptsGzip(header));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
