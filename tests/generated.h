#pragma once

#include <span>
#include <string>

// Files in the source folder that a program generates.
namespace ipfs_peer_exporter {

struct GeneratedFile {
  const char* path;
  std::string (*make)(const std::string& old);
};

// main() of a program that is called as
//
//   PROGRAM ROOT            writes the files
//   PROGRAM --check ROOT    exit code 1 if a file is stale
int Generate(int argc, char** argv, std::span<const GeneratedFile> files);

}  // namespace ipfs_peer_exporter
