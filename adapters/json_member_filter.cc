#include "adapters/json_member_filter.h"

namespace ipfs_peer_exporter {

void JsonMemberFilter::Feed(std::string_view bytes, std::string& out) {
  for (const char c : bytes) Take(c, out);
}

void JsonMemberFilter::Take(char c, std::string& out) {
  const bool at_top = depth_ == 1 && !in_string_;
  if (at_top && (c == ',' || c == '}')) leaving_out_ = false;
  if (!leaving_out_) out += c;

  if (in_string_) {
    // A name that is longer is not the one that is looked for.
    if (depth_ == 1 && key_.size() <= name_.size()) key_ += c;
    in_string_ = escaped_ || c != '"';
    escaped_ = !escaped_ && c == '\\';
  } else if (c == '"') {
    in_string_ = true;
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
