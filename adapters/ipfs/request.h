#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/families.h"
#include "adapters/ipfs/daemon_state.h"
#include "adapters/rendered_family.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::ipfs {

// Receives the results of translating one reply.
struct Sink {
  Families& families;
  std::vector<RenderedFamily>& relayed;  // text to serve unchanged
  DaemonState& daemon;
  // The reply shows that the daemon does not have the requested feature or has
  // disabled it.
  bool unsupported = false;
};

// Reads a reply that grows with the node, element by element.
class ElementReader {
 public:
  virtual ~ElementReader() = default;
  // Receives a complete element, which it may modify for in-situ parsing.
  virtual Status Element(std::string& element) = 0;
  // Receives the beginning of an element that is too large and returns whether
  // it was usable (JsonSplitter::OnBeginning).
  virtual bool Beginning(std::string& /*element*/) { return false; }
  // Called when the reply is complete. `envelope` is the document without the
  // elements, or null for a stream, which has no envelope.
  virtual Status End(const rapidjson::Value& envelope, Sink& sink) = 0;
};

// One RPC call of a collector and the translator of its reply. A translator
// returns Reason::kSchema if a required field is missing.
struct Request {
  // Path and query below /api/v0/, called with POST. With a leading slash it is
  // a path from the root, called with GET.
  std::string target;

  // Translates a reply that is one small document.
  std::function<Status(const rapidjson::Value& reply, Sink& sink)> document =
      nullptr;

  // A top-level member of that document that is skipped because it grows with
  // the node.
  std::string leave_out = {};

  // Creates the reader for a reply of lines (`depth` is kLines), or of elements
  // nested `depth` containers deep (JsonSplitter).
  std::function<std::unique_ptr<ElementReader>(const DaemonState& daemon)>
      elements = nullptr;
  int depth = 0;
  static constexpr int kLines = -1;

  // Parts of error messages which mean that the daemon lacks the feature behind
  // this call or has disabled it. Taken from recorded replies of go-ipfs 0.8 to
  // Kubo 0.44 and from Kubo's sources.
  std::vector<std::string_view> unsupported = {};

  // Translates an error of the daemon (HTTP 500 with JSON) to values, for a
  // call whose error carries a result.
  std::function<void(std::string_view message, Sink& sink)> daemon_error =
      nullptr;

  // Index of another request of the collector. This request is made only if the
  // other one was made in the same poll and is unsupported.
  std::optional<std::size_t> fallback_of = {};
  // Made only for daemons of at least version `since` and below `before`.
  std::string_view since = {};
  std::string_view before = {};
  // Made only after a start or restart of the daemon.
  bool at_start = false;

  // Whether the target is below /api/v0/.
  bool is_rpc() const { return !target.starts_with('/'); }

  // The target from the root of the server.
  std::string path() const { return is_rpc() ? "/api/v0/" + target : target; }
  std::string path_without_query() const {
    auto text = path();
    return text.substr(0, text.find('?'));
  }

  // The target without its query, as `commands` lists it.
  std::string_view command() const {
    return std::string_view(target).substr(0, target.find('?'));
  }
};

}  // namespace ipfs_peer_exporter::ipfs
