#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {

// Runs `write` and returns its output to stderr.
inline std::string StderrOf(const std::function<void()>& write) {
  const ScopedFolder folder;
  const int before = dup(STDERR_FILENO);
  const int file =
      open(folder.File("stderr").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(dup2(file, STDERR_FILENO) == STDERR_FILENO);
  write();
  dup2(before, STDERR_FILENO);
  close(file);
  close(before);
  std::ifstream text(folder.File("stderr"));
  return {std::istreambuf_iterator<char>(text), {}};
}

}  // namespace ipfs_peer_exporter
