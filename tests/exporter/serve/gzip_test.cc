#include "exporter/serve/gzip.h"

#include <doctest/doctest.h>
#include <zlib.h>

namespace ipfs_peer_exporter {
namespace {

// Reads one gzip member of at most `most` bytes.
std::string Gunzip(std::string bytes, std::size_t most) {
  constexpr int kGzipOnly = 15 + 16;
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, kGzipOnly) == Z_OK);
  std::string out(most + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  const auto left = stream.avail_in;
  inflateEnd(&stream);
  CHECK(result == Z_STREAM_END);
  CHECK(left == 0);
  return out;
}

TEST_CASE("gzip: compressed data can be decompressed") {
  std::string page;
  for (int i = 0; i < 5000; ++i) {
    page += "peer_x{i=\"" + std::to_string(i) + "\"} 1\n";
  }
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 300'000; ++i) {
    state = state * 1664525u + 1013904223u;
    noise += static_cast<char>(state >> 24);
  }
  const std::string texts[] = {"", "x", page, noise, std::string(1 << 20, 'x')};
  for (const auto& text : texts) {
    CAPTURE(text.size());
    CHECK((Gunzip(Gzip(text), text.size()) == text));
  }
}

TEST_CASE("gzip: a page becomes much smaller") {
  std::string page;
  for (int i = 0; i < 1000; ++i) page += "ipfs_peer_exporter_metric 1\n";
  CHECK(Gzip(page).size() < page.size() / 10);
}

}  // namespace
}  // namespace ipfs_peer_exporter
