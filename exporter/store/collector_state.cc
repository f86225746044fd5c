#include "exporter/store/collector_state.h"

#include "adapters/peer/samples.h"

namespace ipfs_peer_exporter {

std::string Skip::Names() const {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  const bool full = names.size() == peer::kMaxSkippedNames;
  return full && count > names.size() ? text + ", …" : text;
}

std::string Skip::Text() const {
  std::string text = std::to_string(count);
  text += count == 1 ? " value skipped: " : " values skipped: ";
  text += Name(reason);
  if (!names.empty()) text += " (" + Names() + ")";
  return text;
}

}  // namespace ipfs_peer_exporter
