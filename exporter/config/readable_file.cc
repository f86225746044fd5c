#include "exporter/config/readable_file.h"

#include "exporter/base/small_file.h"
#include "exporter/net/auth_file.h"
#include "exporter/net/tls_files.h"

namespace ipfs_peer_exporter {

Result<std::string> ReadableFile(const std::string& path) {
  const auto read = ReadSmallFile(path, kMaxTlsFile);
  if (!read) return read.error();
  return path;
}

Result<std::string> CheckedAuthFile(const std::string& path) {
  const auto read = ReadAuthFile(path);
  if (!read) return read.error();
  return path;
}

}  // namespace ipfs_peer_exporter
