#include "generated.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace ipfs_peer_exporter {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Returns the number of stale files.
int Update(const std::string& root, bool check,
           std::span<const GeneratedFile> files) {
  int stale = 0;
  for (const auto& [name, make] : files) {
    const auto path = root + "/" + name;
    const auto old = Read(path);
    const auto text = make(old);
    if (text == old) continue;
    ++stale;
    std::cerr << name << (check ? " is stale: build the target docs\n" : "\n");
    if (!check) std::ofstream(path) << text;
  }
  return stale;
}

}  // namespace

int Generate(int argc, char** argv, std::span<const GeneratedFile> files) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool check = !arguments.empty() && arguments.front() == "--check";
  if (arguments.size() != (check ? 2 : 1)) {
    std::cerr << "usage: " << argv[0] << " [--check] ROOT\n";
    return 2;
  }
  const auto stale = Update(arguments.back(), check, files);
  return check && stale > 0 ? 1 : 0;
}

}  // namespace ipfs_peer_exporter
