#include "exporter/net/api_file.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "exporter/base/small_file.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxApiFile = 2047;  // Kubo reads no more than this
constexpr std::size_t kMaxShown = 64;
constexpr std::string_view kDefaultRpc = "/ip4/127.0.0.1/tcp/5001";

std::string RepositoryPath() {
  if (const char* path = std::getenv("IPFS_PATH"); path && *path) return path;
  if (const char* home = std::getenv("HOME"); home && *home) {
    return std::string(home) + "/.ipfs";
  }
  return {};
}

bool IsMissing(const std::string& path) {
  std::error_code error;
  (void)std::filesystem::status(path, error);
  return error == std::errc::no_such_file_or_directory;
}

// `why` is the error of ReadSmallFile, which begins with the path.
std::string NotRead(const std::string& path, const std::string& why) {
  return path + " could not be read (" + why.substr(path.size() + 2) + ")";
}

// Does not repeat text that may hold a password.
std::string NoAddress(const std::string& path, const std::string& text,
                      const Error& error) {
  if (text.find('@') != text.npos) return path + ": " + error.message;
  return path + " holds no address: \"" + text.substr(0, kMaxShown) +
         (text.size() > kMaxShown ? "…\"" : "\"");
}

}  // namespace

LocalRpc FindLocalRpc() {
  LocalRpc found{*ParseRpcAddress(kDefaultRpc), {}};
  const auto repository = RepositoryPath();
  const auto path = repository + "/api";
  if (repository.empty() || IsMissing(path)) return found;
  if (const auto text = ReadSmallFile(path, kMaxApiFile); !text) {
    found.problem = NotRead(path, text.error().message);
  } else if (auto address = ParseRpcAddress(*text); !address) {
    found.problem = NoAddress(path, *text, address.error());
  } else {
    return {std::move(*address), {}};
  }
  found.problem += "; using the default " + std::string(kDefaultRpc);
  return found;
}

}  // namespace ipfs_peer_exporter
