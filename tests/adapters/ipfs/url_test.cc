#include "adapters/ipfs/url.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter::ipfs {
namespace {

struct Row {
  std::string text;
  std::string encoded;
};

TEST_CASE("url: reserved characters are percent-encoded") {
  const Row rows[] = {
      {"", ""},
      {"AZaz09-._~/", "AZaz09-._~/"},
      {"/a b", "/a%20b"},
      {"a&b=c#d?e%f+g;h:i@j", "a%26b%3Dc%23d%3Fe%25f%2Bg%3Bh%3Ai%40j"},
      {"\r\n\"'<>\\", "%0D%0A%22%27%3C%3E%5C"},
      {std::string("\0", 1), "%00"},
      {"\xC3\xA9\xFF", "%C3%A9%FF"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(PercentEncode(row.text) == row.encoded);
  }
}

TEST_CASE("url: multibase is base64url without padding") {
  const Row rows[] = {
      // RFC 4648 section 10
      {"", "u"},
      {"f", "uZg"},
      {"fo", "uZm8"},
      {"foo", "uZm9v"},
      {"foob", "uZm9vYg"},
      {"fooba", "uZm9vYmE"},
      {"foobar", "uZm9vYmFy"},
      // The last two digits, and bytes over 127.
      {"\xFB\xFF\xFE", "u-__-"},
      {"\xFF", "u_w"},
      {std::string("\0\0\0\0", 4), "uAAAAAA"},
      // From pubsub/ls of Kubo 0.42.
      {"exporter-test", "uZXhwb3J0ZXItdGVzdA"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(MultibaseEncode(row.text) == row.encoded);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
