#include "exporter/net/api_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

constexpr char kDefault[] = "http://127.0.0.1:5001";
constexpr char kUsing[] = "; using the default /ip4/127.0.0.1/tcp/5001";

// The address found if the `api` file of the repository contains `content`.
LocalRpc DiscoverIn(const ScopedFolder& folder, const std::string& content) {
  std::ofstream(folder.File("api")) << content;
  const ScopedEnv env("IPFS_PATH", folder.path());
  return FindLocalRpc();
}

TEST_CASE("api_file: the api file of the local node is read") {
  const ScopedFolder folder;
  CHECK(DiscoverIn(folder, "/ip4/127.0.0.1/tcp/5002").address.base ==
        "http://127.0.0.1:5002");
  CHECK(DiscoverIn(folder, "/ip4/127.0.0.1/tcp/5003\n").address.base ==
        "http://127.0.0.1:5003");
  CHECK(DiscoverIn(folder, "/ip4/127.0.0.1/tcp/5004\r\n").address.base ==
        "http://127.0.0.1:5004");
  CHECK(DiscoverIn(folder, "/unix/run/api.sock\n").address.unix_socket ==
        "/run/api.sock");
}

TEST_CASE("api_file: a missing file is not an error") {
  const ScopedFolder folder;
  for (const auto& path : {folder.path(), folder.File("nowhere")}) {
    const ScopedEnv env("IPFS_PATH", path);
    const auto found = FindLocalRpc();
    CHECK(found.address.base == kDefault);
    CHECK(found.problem == "");
  }
}

TEST_CASE("api_file: an invalid address is reported, the default is used") {
  const ScopedFolder folder;
  struct Row {
    std::string content;
    std::string said;
  };
  const Row rows[] = {
      {"", " holds no address: \"\""},
      {"\n", " holds no address: \"\""},
      {"garbage", " holds no address: \"garbage\""},
      {"/ip4/127.0.0.1", " holds no address: \"/ip4/127.0.0.1\""},
      {"/ip4/127.0.0.1/tcp/5002\nmore",
       " holds no address: \"/ip4/127.0.0.1/tcp/5002\nmore\""},
      {std::string(1000, 'x'),
       " holds no address: \"" + std::string(64, 'x') + "…\""},
      {std::string(5000, '/'), " could not be read (more than 2047 bytes)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.content);
    const auto found = DiscoverIn(folder, row.content);
    CHECK(found.address.base == kDefault);
    CHECK(found.problem == folder.File("api") + row.said + kUsing);
  }
  const auto secret = DiscoverIn(folder, "http://user:secret@192.0.2.1");
  CHECK(secret.address.base == kDefault);
  CHECK(secret.problem.find("secret") == std::string::npos);
  CHECK(secret.problem.starts_with(folder.File("api") + ": user name"));
}

TEST_CASE("api_file: an unreadable file is reported") {
  const ScopedFolder folder;
  const auto api = folder.File("api");
  const ScopedEnv env("IPFS_PATH", folder.path());
  const auto said = [&](const std::string& why) {
    const auto found = FindLocalRpc();
    CHECK(found.address.base == kDefault);
    CHECK(found.problem == api + " could not be read (" + why + ")" + kUsing);
    std::filesystem::remove(api);
  };
  std::filesystem::create_directory(api);
  said("not a file");
  std::filesystem::create_symlink("api", api);
  said(strerror(ELOOP));
  if (geteuid() == 0) return;  // who may read everything
  std::ofstream(api) << "/ip4/127.0.0.1/tcp/5002";
  chmod(api.c_str(), 0);
  said("Permission denied");
}

TEST_CASE("api_file: a repository that is a file") {
  const ScopedFolder folder;
  std::ofstream(folder.File("repository")) << "";
  const ScopedEnv env("IPFS_PATH", folder.File("repository"));
  CHECK(FindLocalRpc().problem == folder.File("repository/api") +
                                      " could not be read (Not a directory)" +
                                      kUsing);
}

TEST_CASE("api_file: a FIFO as api file does not block") {
  const ScopedFolder folder;
  REQUIRE(mkfifo(folder.File("api").c_str(), 0600) == 0);
  const ScopedEnv env("IPFS_PATH", folder.path());
  CHECK(FindLocalRpc().address.base == kDefault);
}

TEST_CASE("api_file: without IPFS_PATH the repository is in the home folder") {
  const ScopedFolder home;
  std::filesystem::create_directory(home.File(".ipfs"));
  std::ofstream(home.File(".ipfs/api")) << "/ip4/127.0.0.1/tcp/5005";
  const ScopedEnv home_env("HOME", home.path());
  for (const auto& unset : {std::optional<std::string>(), {""}}) {
    const ScopedEnv path_env("IPFS_PATH", unset);
    CHECK(FindLocalRpc().address.base == "http://127.0.0.1:5005");
  }
}

TEST_CASE("api_file: without any folder it is the default") {
  const ScopedEnv home_env("HOME", std::nullopt);
  const ScopedEnv path_env("IPFS_PATH", std::nullopt);
  CHECK(FindLocalRpc().address.base == kDefault);
}

}  // namespace
}  // namespace ipfs_peer_exporter
