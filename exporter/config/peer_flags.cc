#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "adapters/peer/samples.h"
#include "exporter/base/units.h"
#include "exporter/config/escapes.h"
#include "exporter/config/flags.h"
#include "exporter/config/mapping_file.h"
#include "exporter/config/peer_files.h"
#include "exporter/config/readable_file.h"

namespace ipfs_peer_exporter {
namespace {

using Peers = std::vector<PeerOptions>;

Result<Peers> ParsePeers(const Texts& texts) {
  Peers peers;
  std::set<std::string> names;
  for (const auto& text : texts) {
    if (text.empty() || text == "none") continue;
    const auto [name, url] = SplitName(text);
    const auto address = ParseStatsAddress(url);
    if (!address) return address.error();
    PeerOptions peer{name, *address, "", {}};
    if (!names.insert(peer.collector()).second) {
      return BadValue(name.empty() ? "several peers need names: NAME=URL"
                                   : "two peers are named " + name);
    }
    peers.push_back(std::move(peer));
  }
  return peers;
}

Target Stats(Peers& peers) {
  return {Target::Takes::kMany, [&peers](const Texts& texts) {
            return Store(peers, ParsePeers(texts));
          }};
}

Target Files(Peers& peers, const PeerFile& file) {
  return {Target::Takes::kMany, [&peers, file](const Texts& texts) {
            return AssignFiles(texts, peers, file);
          }};
}

Target KeyFiles(Peers& peers) {
  return {Target::Takes::kMany, [&peers](const Texts& texts) {
            auto assigned = AssignFiles(texts, peers, kPeerKeyFile);
            const bool bad = std::ranges::any_of(peers, [](const auto& peer) {
              return !peer.tls.key.empty() && peer.tls.cert.empty();
            });
            if (!assigned || !bad) return assigned;
            return Status(BadValue("needs --peer.cert-file"));
          }};
}

Target Request(Options& options) {
  return One([&options](const std::string& text) -> Status {
    const bool heard = std::ranges::any_of(options.peers, [](const auto& peer) {
      return peer.address.kind == StatsAddress::Kind::kSocket;
    });
    if (!options.peers.empty() && !heard) {
      return BadValue("applies only to unix: and tcp: sockets");
    }
    auto status = Store(options.peer_request, Unescape(text));
    constexpr std::size_t kMaxSize = 4096;
    if (options.peer_request.size() > kMaxSize) {
      return BadValue("more than 4 KiB");
    }
    return status;
  });
}

std::string FormatNames() {
  std::vector<std::string_view> names;
  std::ranges::transform(peer::kFormats, std::back_inserter(names),
                         &peer::Format::name);
  return Join(names);
}

Result<const peer::Format*> ParseFormat(const std::string& text) {
  if (const auto* format = peer::FindFormat(text)) return format;
  return BadValue("\"" + text + "\" is not one of " + FormatNames());
}

Target Format(Options& options) {
  auto target = One(options.peer_format, ParseFormat);
  for (const auto& format : peer::kFormats) {
    target.words.emplace_back(format.name);
  }
  return target;
}

Target Mapping(Options& options) {
  return One([&options](const std::string& path) -> Status {
    const auto format = options.peer_format->name;
    if (format != "auto" && format != "json") {
      return BadValue("applies only to JSON, not " + std::string(format));
    }
    return Store(options.peer_mapping, ReadMappingFile(path));
  });
}

Result<std::string> ParseNamespace(const std::string& text) {
  if (peer::IsName(text)) return text;
  return BadValue("\"" + text +
                  "\" cannot begin a metric name ([a-zA-Z_][a-zA-Z0-9_]*)");
}

}  // namespace

std::vector<Flag> PeerAddressFlags(Options& o) {
  return {
      {"--peer.stats", "[NAME=]URL", "", Stats(o.peers),
       "Stats socket of a peer: unix:PATH, tcp://IP:PORT, http(s)://…, "
       "http+unix:PATH:/PAGE; repeatable [none]",
       Flag::Content::kUrl},
      {"--peer.auth-file", "[NAME=]FILE", "", Files(o.peers, kPeerAuthFile),
       "Like --ipfs.auth-file, for http(s) peers: FILE for all, NAME=FILE for "
       "one; repeatable"},
      {"--peer.ca-file", "[NAME=]FILE", "", Files(o.peers, kPeerCaFile),
       "Like --ipfs.ca-file, for https peers"},
      {"--peer.cert-file", "[NAME=]FILE", "", Files(o.peers, kPeerCertFile),
       "Like --ipfs.cert-file, for https peers"},
      {"--peer.key-file", "[NAME=]FILE", "", KeyFiles(o.peers),
       "Like --ipfs.key-file, for https peers"},
  };
}

std::vector<Flag> PeerFlags(Options& o) {
  const peer::Options defaults;
  return {
      {"--peer.request", "TEXT", "", Request(o),
       "Line to send after connecting to a stats socket; escapes: \\r \\n \\t "
       "\\\\ \\xNN [none]",
       Flag::Content::kSecret},
      {"--peer.format", "FORMAT", "auto", Format(o),
       "Format of the stats: " + FormatNames()},
      {"--peer.mapping", "FILE", "", Mapping(o),
       "YAML file that maps the peers' JSON to metrics [none]",
       Flag::Content::kFile},
      {"--peer.namespace", "NAME", defaults.name_space,
       One(o.peer_namespace, ParseNamespace),
       "Prefix of the peers' metric names"},
      {"--peer.interval", "DURATION", "10s",
       One(o.peer_interval, ParseDuration), "Time between two polls"},
      {"--peer.timeout", "DURATION", "2s", One(o.peer_timeout, ParseDuration),
       "Time for one exchange, from connect to close"},
      {"--peer.max-bytes", "SIZE", "1MiB", One(o.peer_max_bytes, ParseSize),
       "Largest reply accepted"},
      {"--peer.max-series", "NUMBER", std::to_string(defaults.max_series),
       One(o.peer_max_series, Number<std::size_t>(1, 100'000)),
       "Series accepted from one peer; more are skipped"},
  };
}

}  // namespace ipfs_peer_exporter
