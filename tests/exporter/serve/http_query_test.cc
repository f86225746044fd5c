#include "exporter/serve/http_query.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

using namespace std::string_literals;

TEST_CASE("http_query: arguments are decoded and keep their order") {
  struct Row {
    std::string text;
    HttpQuery query;
  };
  const Row rows[] = {
      {"", {}},
      {"&&", {}},
      {"a", {{"a", ""}}},
      {"a=", {{"a", ""}}},
      {"=", {{"", ""}}},
      {"=z", {{"", "z"}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"b=2&a=1&&b=3", {{"b", "2"}, {"a", "1"}, {"b", "3"}}},
      {"collect[]=ipfs.swarm", {{"collect[]", "ipfs.swarm"}}},
      {"collect%5B%5d=ipfs%2Erepo", {{"collect[]", "ipfs.repo"}}},
      {"a+b=c+d%2b", {{"a b", "c d+"}}},
      {"%26=%3D", {{"&", "="}}},
      {"%zz=%&x=%4", {{"%zz", "%"}, {"x", "%4"}}},
      {"a=1%002", {{"a", "1\0002"s}}},
      {"?=%3F#f", {{"?", "?#f"}}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK((ParseQuery(row.text) == row.query));
  }
}

TEST_CASE("http_query: Accept-Encoding with gzip") {
  for (const std::string header :
       {"gzip", "deflate, gzip;q=0.5", "br,gzip ; q=1.0", "\tgzip ,br",
        "gzip;q=0.001", "gzip;", "identity;q=0, gzip", "GZIP", "Gzip;Q=1",
        "gzip;x=0;q=0.5", "gzip;q=0.5, identity;q=0.5", "gzip;q=1.000",
        "identity, gzip", "gzip;q=0.1, br;q=1, *;q=0",
        "identity;q=0.4, gzip;q=0.5", "identity;q=x, gzip;q=0.1"}) {
    CAPTURE(header);
    CHECK(AcceptsGzip(header));
  }
  for (const std::string header :
       {"", " ", ",", "identity", "*", "x-gzip", "gzipped", "gzip;q=0",
        "br, gzip; q=0.000", "gzip;q=0, gzip", "GZIP;Q=0", "gzip;x=1;q=0",
        "gzip;q=x", "gzip;q=", "gzip;q=0.0001", "gzip;q=2", "gzip;q=-1",
        "identity, gzip;q=0.5", "gzip;q=0.5, Identity;q=0.501"}) {
    CAPTURE(header);
    CHECK_FALSE(AcceptsGzip(header));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
