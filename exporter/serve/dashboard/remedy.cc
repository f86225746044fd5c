#include "exporter/serve/dashboard/remedy.h"

#include "exporter/base/source_names.h"

namespace ipfs_peer_exporter {
namespace {

struct Row {
  Reason reason;
  std::string_view ipfs;
  std::string_view peer;
};

constexpr Row kRows[] = {
    {Reason::kConnect,
     "Is the daemon running? Compare --ipfs.api with the daemon's "
     "Addresses.API.",
     "Is the peer running? Compare --peer.stats with the address that it "
     "listens on."},
    {Reason::kTimeout, "Check the load of the daemon, or raise --ipfs.timeout.",
     "Check the load of the peer, or raise --peer.timeout. The peer has to "
     "close its stats socket after the document."},
    {Reason::kHttpStatus,
     "Read the daemon's log; check that --ipfs.api is the RPC API and not a "
     "gateway or proxy.",
     "Read the peer's log; check the path in --peer.stats."},
    {Reason::kAuth,
     "Check --ipfs.auth-file; --print-authorizations prints the entry that "
     "the daemon's API.Authorizations needs. For a Unix socket, run both as "
     "the same user.",
     "Check --peer.auth-file. For a Unix socket, run both as the same user."},
    {Reason::kTooLarge,
     "The reply exceeds its limit; check that --ipfs.api is an IPFS daemon.",
     "Shorten the document, or raise --peer.max-bytes."},
    {Reason::kParse,
     "Check the port of --ipfs.api; turn off compression in a proxy.",
     "Check --peer.format and the peer's document; --once explains the error."},
    {Reason::kSchema,
     "Check the port of --ipfs.api; if it is right, please report this.",
     "Compare the document with docs/stats-socket.md."},
    {Reason::kStream, "Usually the daemon restarted; otherwise read its log.",
     "Usually the peer restarted; otherwise read its log."},
};

}  // namespace

std::string_view Remedy(Reason reason, std::string_view source) {
  for (const auto& row : kRows) {
    if (row.reason == reason)
      return source == kPeerSource ? row.peer : row.ipfs;
  }
  return "";
}

}  // namespace ipfs_peer_exporter
