#pragma once

#include <string>
#include <string_view>

#include "adapters/json_scanner.h"

namespace ipfs_peer_exporter {

// Leaves one member's value out of a JSON object that arrives in pieces: of a
// reply that would otherwise grow with the node. {"System":{…},"Peers":{…}}
// becomes {"System":{…},"Peers":null}.
//
// Looks at structure only: what is kept is still to be parsed, and what is left
// out is not checked.
class JsonMemberFilter {
 public:
  explicit JsonMemberFilter(std::string_view name)
      : name_('"' + std::string(name) + '"') {}

  // Appends to `out` what is kept of `bytes`.
  void Feed(std::string_view bytes, std::string& out);

 private:
  void Take(char c, std::string& out);

  const std::string name_;  // quoted
  std::string key_;         // the last string of the top object, quoted
  int depth_ = 0;
  JsonScanner scanner_;
  bool leaving_out_ = false;
};

}  // namespace ipfs_peer_exporter
