#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace ipfs_peer_exporter {

// Identifies the content of a path without reading it. Symbolic links are
// followed, so a new version of a mounted ConfigMap or Secret is another file.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0;  // its content; nanoseconds since 1970
  std::int64_t changed = 0;   // content, owner, mode or name

  bool operator==(const FileIdentity&) const = default;
};

// The identity of the file at `path`; empty if it cannot be examined.
std::optional<FileIdentity> IdentityOf(const std::string& path);

}  // namespace ipfs_peer_exporter
