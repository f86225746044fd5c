#include "exporter/net/authorities.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

// What is found with these values of SSL_CERT_FILE and SSL_CERT_DIR.
Authorities Find(const std::string& root,
                 const std::optional<std::string>& file,
                 const std::optional<std::string>& folder) {
  const ScopedEnv env_file("SSL_CERT_FILE", file);
  const ScopedEnv env_folder("SSL_CERT_DIR", folder);
  return FindAuthorities(root);
}

void MakeFile(const std::string& path) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream{path};
}

TEST_CASE("authorities: the bundle of each distribution is found") {
  for (const char* path : {
           "/etc/ssl/certs/ca-certificates.crt",
           "/etc/pki/tls/certs/ca-bundle.crt",
           "/etc/ssl/ca-bundle.pem",
           "/etc/pki/tls/cacert.pem",
           "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
           "/etc/ssl/cert.pem",
       }) {
    CAPTURE(path);
    const ScopedFolder root;
    MakeFile(root.path() + path);
    for (const auto& unset : {std::optional<std::string>(), {""}}) {
      CHECK(Find(root.path(), unset, unset) ==
            Authorities{root.path() + path, ""});
    }
  }
}

TEST_CASE("authorities: a folder counts if there is no bundle") {
  for (const char* path : {"/etc/ssl/certs", "/etc/pki/tls/certs"}) {
    const ScopedFolder root;
    CHECK(Find(root.path(), {}, {}) == Authorities{});
    MakeFile(root.path() + path + "/one.pem");
    CHECK(Find(root.path(), {}, {}) == Authorities{"", root.path() + path});
  }
}

TEST_CASE("authorities: the environment names others") {
  const ScopedFolder root;
  const auto bundle = root.path() + "/etc/ssl/cert.pem";
  MakeFile(bundle);
  CHECK(Find(root.path(), "/my.pem", {}) == Authorities{"/my.pem", ""});
  CHECK(Find(root.path(), {}, root.path()) == Authorities{bundle, root.path()});
  CHECK(Find(root.path(), "/my.pem", "/nowhere:" + root.path()) ==
        Authorities{"/my.pem", root.path()});
  CHECK(Find(root.path(), {}, ":/nowhere").folder.empty());
  CHECK(Find(root.path(), {}, "/nowhere").folder == "/nowhere");
}

}  // namespace
}  // namespace ipfs_peer_exporter
