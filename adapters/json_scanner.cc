#include "adapters/json_scanner.h"

namespace ipfs_peer_exporter {
namespace {

bool IsBracket(char c) { return c == '{' || c == '}' || c == '[' || c == ']'; }

}  // namespace

std::size_t JsonScanner::TakeToBracket(std::string_view bytes) {
  std::size_t at = 0;
  while (true) {
    at = TakeString(bytes, at);
    while (at < bytes.size() && bytes[at] != '"' && !IsBracket(bytes[at])) ++at;
    if (at == bytes.size() || bytes[at] != '"') return at;
    in_string_ = true;
    ++at;
  }
}

}  // namespace ipfs_peer_exporter
