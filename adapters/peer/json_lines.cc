#include "adapters/peer/json_lines.h"

#include <algorithm>
#include <string_view>

#include "adapters/peer/samples.h"
#include "adapters/peer/text_lines.h"

namespace ipfs_peer_exporter::peer {

LastLines TakeLastLines(std::string& bytes) {
  std::string_view last;
  std::string_view before;
  bool ended = false;
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto whole = rest.substr(0, rest.find('\n'));
    const bool has_end = whole.size() < rest.size();
    rest.remove_prefix(std::min(whole.size() + 1, rest.size()));
    const auto line = Trim(whole);
    if (line.empty()) continue;
    const bool after_object = last.empty() || last.ends_with('}');
    if (!line.starts_with('{') || !after_object) return {};
    before = last;
    last = line;
    ended = has_end;
  }
  if (before.empty()) return {};
  LastLines lines{std::string(last.substr(0, kMaxName)), ""};
  if (!ended) lines.before = before;
  bytes = std::string(last);
  return lines;
}

}  // namespace ipfs_peer_exporter::peer
