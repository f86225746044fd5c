#pragma once

#include <string>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/options.h"

// Files for peers that are polled over HTTP, as flags name them: FILE for all
// of them, NAME=FILE for one.
namespace ipfs_peer_exporter {

// NAME=VALUE where NAME is [a-zA-Z][a-zA-Z0-9_-]*; else all of it is the value.
struct NamedValue {
  std::string name;  // may be empty
  std::string value;
};
NamedValue SplitName(const std::string& text);

// A file that each peer may have.
struct PeerFile {
  std::string& (*of)(PeerOptions& peer);
  Result<std::string> (*check)(const std::string& path);
};
extern const PeerFile kPeerAuthFile;
extern const PeerFile kPeerCaFile;
extern const PeerFile kPeerCertFile;
extern const PeerFile kPeerKeyFile;

// Sets `file` of each peer that one of the texts is for; a text that names the
// peer wins. An error if one of the files cannot be used.
Status AssignFiles(const std::vector<std::string>& texts,
                   std::vector<PeerOptions>& peers, const PeerFile& file);

}  // namespace ipfs_peer_exporter
