#include "exporter/base/file_identity.h"

#include <sys/stat.h>

namespace ipfs_peer_exporter {

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return FileIdentity{found.st_dev, found.st_ino, found.st_size,
                      nanoseconds(found.st_mtim), nanoseconds(found.st_ctim)};
}

}  // namespace ipfs_peer_exporter
