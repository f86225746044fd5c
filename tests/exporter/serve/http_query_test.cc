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

}  // namespace
}  // namespace ipfs_peer_exporter
