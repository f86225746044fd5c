#include "exporter/net/auth_file.h"

#include <string_view>

#include "exporter/base/small_file.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSize = 4096;
constexpr std::string_view kBearer = "bearer:";
constexpr std::string_view kBasic = "basic:";

}  // namespace

Result<Credentials> ReadAuthFile(const std::string& path) {
  const auto bad = [&](std::string_view what) {
    return Error{Reason::kAuth, path + ": " + std::string(what)};
  };
  const auto read = ReadSmallFile(path, kMaxSize);
  if (!read) return Error{Reason::kAuth, read.error().message};
  const auto& text = *read;

  constexpr std::string_view kForm =
      "has to hold bearer:TOKEN or basic:USER:PASSWORD on one line";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ') return bad(kForm);
  }
  if (text.starts_with(kBearer) && text.size() > kBearer.size()) {
    return Credentials{text.substr(kBearer.size()), ""};
  }
  const auto user_password =
      text.starts_with(kBasic) ? text.substr(kBasic.size()) : std::string();
  if (user_password.find(':') == std::string::npos) return bad(kForm);
  return Credentials{"", user_password};
}

}  // namespace ipfs_peer_exporter
