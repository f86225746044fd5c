#include "exporter/base/small_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("small file: unreadable files") {
  const ScopedFolder folder;
  std::ofstream(folder.File("long")) << "12345";
  REQUIRE(mkfifo(folder.File("fifo").c_str(), 0600) == 0);
  struct Row {
    std::string path;
    std::string what;
  };
  const Row rows[] = {{folder.File("none"), "No such file or directory"},
                      {folder.File("long") + "/x", "Not a directory"},
                      {folder.path(), "not a file"},
                      {folder.File("fifo"), "not a file"},
                      {folder.File("long"), "more than 4 bytes"}};
  for (const auto& row : rows) {
    CAPTURE(row.path);
    const auto text = ReadSmallFile(row.path, 4);
    REQUIRE_FALSE(text);
    CHECK(text.error().message == row.path + ": " + row.what);
  }
}

TEST_CASE("small file: its text without the white space at the end") {
  const ScopedFolder folder;
  for (const std::string end : {"", "\n", " \t\r\n\n"}) {
    std::ofstream(folder.File("a")) << " a\nb" << end;
    const auto text = ReadSmallFile(folder.File("a"), 10);
    REQUIRE(text);
    CHECK(*text == " a\nb");
  }
  std::ofstream(folder.File("empty")) << "\n";
  REQUIRE(ReadSmallFile(folder.File("empty"), 10));
  CHECK(ReadSmallFile(folder.File("empty"), 10)->empty());
}

}  // namespace
}  // namespace ipfs_peer_exporter
