#include "exporter/base/file_identity.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

TEST_CASE("file_identity: another content, file or target of a link") {
  const ScopedFolder folder;
  const auto path = folder.File("link");
  CHECK_FALSE(IdentityOf(path).has_value());
  Write(folder.File("a"), "1");
  Write(folder.File("b"), "1");
  std::filesystem::create_symlink("a", path);
  const auto first = IdentityOf(path);
  REQUIRE(first);
  CHECK((IdentityOf(path) == first));
  CHECK((IdentityOf(folder.File("a")) == first));

  std::filesystem::remove(path);
  std::filesystem::create_symlink("b", path);
  const auto second = IdentityOf(path);
  CHECK_FALSE((second == first));

  Write(folder.File("b"), "22");
  CHECK_FALSE((IdentityOf(path) == second));
}

TEST_CASE("file_identity: a file of the same size that was written again") {
  const ScopedFolder folder;
  const auto path = folder.File("a");
  Write(path, "1");
  const auto before = IdentityOf(path);
  std::filesystem::last_write_time(
      path,
      std::filesystem::last_write_time(path) + std::chrono::nanoseconds(1));
  CHECK_FALSE((IdentityOf(path) == before));
}

}  // namespace
}  // namespace ipfs_peer_exporter
