#include "exporter/config/peer_files.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "exporter/config/flag.h"
#include "exporter/config/readable_file.h"

namespace ipfs_peer_exporter {
namespace {

bool IsHttp(const PeerOptions& peer) {
  return peer.address.kind == StatsAddress::Kind::kHttp;
}

Status CheckName(const std::string& name,
                 const std::vector<PeerOptions>& peers) {
  if (name.empty()) {
    if (std::ranges::any_of(peers, IsHttp)) return Ok();
    return BadValue("no --peer.stats is http or https");
  }
  const auto peer = std::ranges::find(peers, name, &PeerOptions::name);
  if (peer == peers.end()) return BadValue("no peer is named " + name);
  if (IsHttp(*peer)) return Ok();
  return BadValue("peer " + name + " is not polled over http or https");
}

}  // namespace

NamedValue SplitName(const std::string& text) {
  const auto is_alpha = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
  };
  const auto equals = text.find('=');
  auto name = text.substr(0, equals);
  const bool named =
      equals != std::string::npos && !name.empty() && is_alpha(name.front()) &&
      std::ranges::all_of(name, [&](char c) {
        return is_alpha(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
      });
  if (!named) return {"", text};
  return {std::move(name), text.substr(equals + 1)};
}

const PeerFile kPeerAuthFile{
    [](PeerOptions& peer) -> std::string& { return peer.auth_file; },
    CheckedAuthFile};
const PeerFile kPeerCaFile{
    [](PeerOptions& peer) -> std::string& { return peer.tls.ca; },
    ReadableFile};
const PeerFile kPeerCertFile{
    [](PeerOptions& peer) -> std::string& { return peer.tls.cert; },
    ReadableFile};
const PeerFile kPeerKeyFile{
    [](PeerOptions& peer) -> std::string& { return peer.tls.key; },
    ReadableFile};

Status AssignFiles(const std::vector<std::string>& texts,
                   std::vector<PeerOptions>& peers, const PeerFile& file) {
  std::map<std::string, std::string> by_name;
  for (const auto& text : texts) {
    if (text.empty()) continue;
    const auto [name, path] = SplitName(text);
    if (path.empty()) return BadValue("no file for peer " + name);
    if (auto known = CheckName(name, peers); !known) return known;
    if (!by_name.emplace(name, path).second) {
      return BadValue(name.empty()
                          ? "two files for all peers: one needs NAME=FILE"
                          : "two files for peer " + name);
    }
    if (const auto good = file.check(path); !good) return good.error();
  }
  for (auto& peer : peers) {
    if (!IsHttp(peer)) continue;
    auto found = by_name.find(peer.name);
    if (found == by_name.end()) found = by_name.find("");
    if (found != by_name.end()) file.of(peer) = found->second;
  }
  return Ok();
}

}  // namespace ipfs_peer_exporter
