#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {

// A file in memory with a given content.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text)
      : fd_(memfd_create("input", MFD_CLOEXEC)) {
    const auto written = write(fd_, text.data(), text.size());
    Require(written == static_cast<ssize_t>(text.size()), "a file is written");
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  const int fd_;
};

}  // namespace ipfs_peer_exporter
