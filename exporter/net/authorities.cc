#include "exporter/net/authorities.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace ipfs_peer_exporter {
namespace {

constexpr const char* kFiles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/pki/tls/cacert.pem",                            // OpenELEC
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7, Fedora
    "/etc/ssl/cert.pem",                                  // Alpine
};

constexpr const char* kFolders[] = {"/etc/ssl/certs", "/etc/pki/tls/certs"};

template <typename List>
std::string FirstThatExists(const std::string& root, const List& paths) {
  std::error_code ignored;
  for (const char* path : paths) {
    if (std::filesystem::exists(root + path, ignored)) return root + path;
  }
  return {};
}

std::string_view Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The first of the folders, separated by colons, that exists; else the first,
// so that a call says what is missing.
std::string ChosenFolder(std::string_view list) {
  const std::string first(list.substr(0, list.find(':')));
  while (!list.empty()) {
    const auto end = std::min(list.find(':'), list.size());
    const std::string folder(list.substr(0, end));
    std::error_code ignored;
    if (std::filesystem::is_directory(folder, ignored)) return folder;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return first;
}

}  // namespace

Authorities FindAuthorities(const std::string& root) {
  Authorities found{std::string(Environment("SSL_CERT_FILE")),
                    ChosenFolder(Environment("SSL_CERT_DIR"))};
  if (found.file.empty()) found.file = FirstThatExists(root, kFiles);
  if (found.file.empty() && found.folder.empty()) {
    found.folder = FirstThatExists(root, kFolders);
  }
  return found;
}

}  // namespace ipfs_peer_exporter
