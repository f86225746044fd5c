#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Repo(const std::string& body) {
  return Ask(repo_collector, "repo/stat", Answer{200, body});
}

TEST_CASE("repo: a reply without RepoSize is rejected") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"(7)", "schema"},
      {R"({"StorageMax":1})", "schema"},
      {R"({"RepoSize":null})", "schema"},
      {R"({"RepoSize":false})", "schema"},
      {R"({"RepoSize":"big"})", "schema"},
      {R"({"RepoSize":-1})", "schema"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Repo(row.body).verdict == row.verdict);
  }
}

TEST_CASE("repo: sizes of recorded daemons, including offline ones") {
  struct Row {
    std::string daemon;
    std::string lines;
  };
  const Row rows[] = {
      {"v0.8.0/online",
       "ipfs_repo_size_bytes 7564016\nipfs_repo_storage_max_bytes "
       "10000000000\n"},
      {"v0.20.0/online",
       "ipfs_repo_size_bytes 7467584\nipfs_repo_storage_max_bytes "
       "10000000000\n"},
      {"v0.42.0/offline",
       "ipfs_repo_size_bytes 406414\nipfs_repo_storage_max_bytes "
       "10000000000\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    CHECK(Ask(repo_collector, "repo/stat", Recorded(row.daemon)).lines ==
          row.lines);
  }
}

TEST_CASE("repo: an unlimited, missing or invalid limit is absent") {
  const std::string limits[] = {
      R"(18446744073709551615)",  // Kubo
      R"("9007199254740991")",    // js-ipfs
      R"("18446744073709551615")", R"(1e300)", R"(-1)", R"(null)", R"("10GB")",
  };
  for (const auto& limit : limits) {
    CAPTURE(limit);
    const auto asked = Repo(R"({"RepoSize":5,"StorageMax":)" + limit + "}");
    CHECK(asked.lines == "ipfs_repo_size_bytes 5\n");
  }
  CHECK(Repo(R"({"RepoSize":5})").lines == "ipfs_repo_size_bytes 5\n");
}

TEST_CASE("repo: a limit of zero is a limit") {
  CHECK(Repo(R"({"RepoSize":"5","StorageMax":"0"})").lines ==
        "ipfs_repo_size_bytes 5\nipfs_repo_storage_max_bytes 0\n");
}

TEST_CASE("repo: the call does not count objects") {
  CHECK(repo_collector.requests({}).front().target ==
        "repo/stat?size-only=true");
}

TEST_CASE("repo: the unsupported message of another call is a failure") {
  CHECK(AskError(repo_collector, "repo/stat",
                 "bandwidth reporter disabled in config") == "http_status");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
