#include "adapters/json_member_filter.h"

namespace ipfs_peer_exporter {

void JsonMemberFilter::Feed(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    // Directly in the top object, each byte is examined.
    const auto size = depth_ == 1 ? 0 : scanner_.TakeToBracket(bytes);
    if (!leaving_out_) out += bytes.substr(0, size);
    bytes.remove_prefix(size);
    if (bytes.empty()) return;
    Take(bytes.front(), out);
    bytes.remove_prefix(1);
  }
}

void JsonMemberFilter::Take(char c, std::string& out) {
  const bool in_string = scanner_.in_string();
  const bool at_top = depth_ == 1 && !in_string;
  if (at_top && (c == ',' || c == '}')) leaving_out_ = false;
  if (!leaving_out_) out += c;

  scanner_.Take(c);
  if (in_string) {
    // A longer key cannot match.
    if (depth_ == 1 && key_.size() <= name_.size()) key_ += c;
  } else if (c == '"') {
    if (depth_ == 1) key_ = c;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
  } else if (at_top && c == ':' && key_ == name_) {
    leaving_out_ = true;
    out += "null";
  }
}

}  // namespace ipfs_peer_exporter
