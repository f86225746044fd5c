#include "adapters/json_member_filter.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

// What is left of `json` without "Peers", however it is cut into two pieces,
// and byte by byte.
std::string Filtered(const std::string& json) {
  std::string whole;
  JsonMemberFilter("Peers").Feed(json, whole);
  for (std::size_t cut = 0; cut <= json.size(); ++cut) {
    CAPTURE(cut);
    JsonMemberFilter filter("Peers");
    std::string out;
    filter.Feed(json.substr(0, cut), out);
    filter.Feed(json.substr(cut), out);
    CHECK(out == whole);
  }
  JsonMemberFilter filter("Peers");
  std::string out;
  for (const char c : json) filter.Feed(std::string_view(&c, 1), out);
  CHECK(out == whole);
  return whole;
}

TEST_CASE("json_member_filter: text without the member is unchanged") {
  const std::string texts[] = {
      "",
      "null",
      "7",
      R"("Peers")",
      R"(["Peers",{"a":1}])",
      R"({})",
      R"({"a":1})",
      R"({"peers":{"a":1}})",
      R"({"Peer":{"a":1},"Peerss":{"b":2},"xPeers":3})",
      // As a value.
      R"({"a":"Peers","b":{"c":1}})",
      R"({"a":["Peers"],"b":2})",
      // Nested deeper.
      R"({"a":{"Peers":{"b":1}},"c":2})",
      R"([{"Peers":{"b":1}}])",
      // Keys with escapes that are not the name.
      R"({"\"Peers":1})",
      R"({"Peers\"":1})",
      R"({"Peers\\":1})",
      R"({"a\":\"Peers":1})",
      R"({"\\":1,"b":2})",
      // Not JSON.
      "<html></html>",
      "}}]]{{[[",
      R"({"Peers)",
      R"({"a":"\)",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    CHECK(Filtered(text) == text);
  }
}

TEST_CASE("json_member_filter: the value becomes null, whatever it is") {
  const std::string values[] = {
      "null",
      "17",
      "true",
      R"("text")",
      R"("")",
      "[]",
      "{}",
      R"([1,[2,{"a":3}],4])",
      R"({"Qm":{"a":1},"Qn":{"Peers":{"b":[2]}}})",
      // Strings with characters that end a value.
      R"("},]{[:")",
      R"("\"},")",
      R"("\\")",
      R"({"}":"]","{":"[","\"}":"\\","a,b":"\"},{"})",
      R"(["}","]",",\"",{"]":"["}])",
  };
  for (const auto& value : values) {
    CAPTURE(value);
    CHECK(Filtered(R"({"Peers":)" + value + "}") == R"({"Peers":null})");
    CHECK(Filtered(R"({"a":[1],"Peers":)" + value + R"(,"b":{"c":"}"}})") ==
          R"({"a":[1],"Peers":null,"b":{"c":"}"}})");
  }
}

TEST_CASE("json_member_filter: white space around the member") {
  CHECK(Filtered("{\n \"a\" : 1 ,\n \"Peers\" :\t{ \"b\" : 2 }\n,\"c\":3}\n") ==
        "{\n \"a\" : 1 ,\n \"Peers\" :null,\"c\":3}\n");
}

TEST_CASE("json_member_filter: a repeated member") {
  CHECK(Filtered(R"({"Peers":[1],"a":2,"Peers":{"b":3}})") ==
        R"({"Peers":null,"a":2,"Peers":null})");
}

TEST_CASE("json_member_filter: text cut off within the member") {
  CHECK(Filtered(R"({"a":1,"Peers":{"b":[1,2,"c)") == R"({"a":1,"Peers":null)");
}

}  // namespace
}  // namespace ipfs_peer_exporter
