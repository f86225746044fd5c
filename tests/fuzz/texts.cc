// Fuzzes texts inside replies: multiaddrs, durations, agents, keys.
#include <algorithm>
#include <cmath>

#include "adapters/ipfs/go_duration.h"
#include "adapters/ipfs/multiaddr.h"
#include "adapters/json.h"
#include "adapters/peer/samples.h"
#include "adapters/utf8.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

void Multiaddr(const std::string& text) {
  constexpr std::string_view kTransports[] = {
      "tcp",           "ws",          "wss",  "quic", "quic-v1", "webtransport",
      "webrtc-direct", "p2p-circuit", "other"};
  const auto transport = ipfs::Transport(text);
  Require(std::ranges::count(kTransports, transport) == 1,
          "transports are a closed set");
  Require(ipfs::Transport("/" + text + "//") == transport,
          "empty components are ignored");
}

void GoDuration(const std::string& text) {
  const auto seconds = ipfs::GoDurationSeconds(text);
  if (!seconds) return;
  Require(std::isfinite(*seconds) && *seconds >= 0,
          "a duration is finite and not negative");
  Require(ipfs::GoDurationSeconds(text + "0s") == seconds,
          "0s does not change a duration");
}

void Label(const std::string& text) {
  const bool clean = IsCleanUtf8(text);
  Require(clean == (IsUtf8(text) && text.find('\0') == std::string::npos),
          "clean text is UTF-8 without NUL");
  const rapidjson::Value value(rapidjson::StringRef(text.data(), text.size()));
  const bool fits = clean && text.size() <= 256;
  Require(LabelText(value) == (fits ? text : ""), "a label is kept or dropped");
  const auto number = Number(value);
  Require(!number || std::isfinite(*number), "a number is finite");
}

void JsonNumber(const std::string& text) {
  auto bytes = text;
  const auto document = ParseJson(bytes);
  if (!document || !document->IsNumber()) return;
  const rapidjson::Value string(rapidjson::StringRef(text.data(), text.size()));
  const auto number = Number(string);
  Require(!number || Number(*document) == number,
          "a number in a string has the same value");
}

void Key(const std::string& text) {
  const auto name = peer::SnakeCase(text);
  Require(name.empty() || peer::IsName("_" + name),
          "a name has valid characters");
  Require(peer::SnakeCase(name) == name, "snake_case is unchanged");
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const std::string text(AsText(data, size));
  Multiaddr(text);
  GoDuration(text);
  Label(text);
  JsonNumber(text);
  Key(text);
  return 0;
}
