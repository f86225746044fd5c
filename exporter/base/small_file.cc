#include "exporter/base/small_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace ipfs_peer_exporter {

Result<std::string> ReadSmallFile(const std::string& path,
                                  std::size_t max_bytes) {
  const auto bad = [&](const std::string& what) {
    return Error{Reason::kParse, path + ": " + what};
  };
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) return bad(error.message());
  if (!std::filesystem::is_regular_file(status)) return bad("not a file");
  std::ifstream file(path);
  if (!file) return bad(std::strerror(errno));
  std::string text;
  char piece[4096];
  do {
    file.read(piece, sizeof piece);
    text.append(piece, static_cast<std::size_t>(file.gcount()));
  } while (file && text.size() <= max_bytes);
  if (file.bad()) return bad("not readable");
  if (text.size() > max_bytes) {
    return bad("more than " + std::to_string(max_bytes) + " bytes");
  }
  text.resize(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

}  // namespace ipfs_peer_exporter
