#pragma once

#include <string>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/options.h"

// Files for peers that are polled over HTTP. A flag gives FILE for all peers,
// or NAME=FILE for one.
namespace ipfs_peer_exporter {

// NAME=VALUE where NAME is [a-zA-Z][a-zA-Z0-9_-]*; any other text is a value
// without a name.
struct NamedValue {
  std::string name;  // may be empty
  std::string value;
};
NamedValue SplitName(const std::string& text);

// A kind of file that a peer may have: its member in PeerOptions and its check.
struct PeerFile {
  std::string& (*of)(PeerOptions& peer);
  Result<std::string> (*check)(const std::string& path);
};
extern const PeerFile kPeerAuthFile;
extern const PeerFile kPeerCaFile;
extern const PeerFile kPeerCertFile;
extern const PeerFile kPeerKeyFile;

// Sets `file` of each peer to which one of the texts applies; a text that names
// the peer has priority. Returns an error if a file cannot be used.
Status AssignFiles(const std::vector<std::string>& texts,
                   std::vector<PeerOptions>& peers, const PeerFile& file);

}  // namespace ipfs_peer_exporter
