#pragma once

#include <string>
#include <string_view>

#include "adapters/json_scanner.h"

namespace ipfs_peer_exporter {

// Replaces the value of one member of a JSON object that arrives in pieces by
// null, so that the reply does not grow with the node:
// {"System":{…},"Peers":{…}} becomes {"System":{…},"Peers":null}.
//
// Examines structure only: the output may still be invalid JSON, and the
// removed value is not checked.
class JsonMemberFilter {
 public:
  explicit JsonMemberFilter(std::string_view name)
      : name_('"' + std::string(name) + '"') {}

  // Appends the kept part of `bytes` to `out`.
  void Feed(std::string_view bytes, std::string& out);

 private:
  void Take(char c, std::string& out);

  const std::string name_;  // quoted
  std::string key_;  // the last string directly in the top object, quoted
  int depth_ = 0;
  JsonScanner scanner_;
  bool leaving_out_ = false;
};

}  // namespace ipfs_peer_exporter
