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

// Where a translator puts what it found in one reply.
struct Sink {
  Families& families;
  std::vector<RenderedFamily>& relayed;  // what is passed on as it is
  DaemonState& daemon;
  // The reply says that the daemon does not have, or switched off, what was
  // asked for.
  bool unsupported = false;
};

// Reads a reply that grows with the node, element by element.
class ElementReader {
 public:
  virtual ~ElementReader() = default;
  // May change the element, to read it in place.
  virtual Status Element(std::string& element) = 0;
  // The beginning of an element that is too large (JsonSplitter::OnBeginning).
  virtual bool Beginning(std::string& /*element*/) { return false; }
  // The reply is complete; `envelope` is what stood around the elements (null
  // for a stream, which has nothing around them).
  virtual Status End(const rapidjson::Value& envelope, Sink& sink) = 0;
};

// One RPC call of a collector and how its answer is read. A translator that
// misses the field it cannot do without returns Reason::kSchema.
struct Request {
  // Below /api/v0/, with its query; with a slash before it, what is to be got
  // with GET.
  std::string target;

  // For a reply that is one small document.
  std::function<Status(const rapidjson::Value& reply, Sink& sink)> document =
      nullptr;

  // The member of the top object of that document that is not read, because it
  // grows with the node.
  std::string leave_out = {};

  // For a reply of lines, or of elements nested `depth` containers deep
  // (JsonSplitter).
  std::function<std::unique_ptr<ElementReader>(const DaemonState& daemon)>
      elements = nullptr;
  int depth = 0;
  static constexpr int kLines = -1;

  // Parts of the daemon's error messages which say that it does not have, or
  // switched off, what this call asks for. From answers recorded of go-ipfs 0.8
  // to Kubo 0.44 and from Kubo's sources.
  std::vector<std::string_view> unsupported = {};

  // Where the daemon's error (HTTP 500 with JSON) is an answer too.
  std::function<void(std::string_view message, Sink& sink)> daemon_error =
      nullptr;

  // Asked only when that request of the same poll, by its index, was asked and
  // came to "unsupported".
  std::optional<std::size_t> fallback_of = {};
  // Asked only of daemons since, or before, a version.
  std::string_view since = {};
  std::string_view before = {};
  // Asked only when the daemon is a new one: it started, or was restarted.
  bool at_start = false;

  // The command, as `commands` lists it.
  std::string_view command() const {
    return std::string_view(target).substr(0, target.find('?'));
  }
};

}  // namespace ipfs_peer_exporter::ipfs
