#include "exporter/base/file_identity.h"

#include <sys/stat.h>

namespace ipfs_peer_exporter {

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return FileIdentity{
      found.st_dev, found.st_ino, found.st_size,
      found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec};
}

}  // namespace ipfs_peer_exporter
