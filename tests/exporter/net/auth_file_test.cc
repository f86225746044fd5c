#include "exporter/net/auth_file.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

Result<Credentials> Read(const std::string& text) {
  const ScopedFolder folder;
  const auto path = folder.File("auth");
  std::ofstream(path) << text;
  return ReadAuthFile(path);
}

TEST_CASE("auth file: valid and invalid content") {
  struct Row {
    std::string text;
    std::string bearer;
    std::string user_password;
  };
  const Row rows[] = {
      {"bearer:abc", "abc", ""},
      {"bearer:abc\n", "abc", ""},
      {"bearer:abc \r\n\n", "abc", ""},
      {"bearer:a:b", "a:b", ""},
      {"bearer:basic:a:b", "basic:a:b", ""},
      {"bearer:ä", "ä", ""},
      {"basic:user:pass", "", "user:pass"},
      {"basic:user:pa:ss word", "", "user:pa:ss word"},
      {"basic:user:", "", "user:"},
      {"basic::pass", "", ":pass"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto credentials = Read(row.text);
    REQUIRE(credentials);
    CHECK(credentials->bearer == row.bearer);
    CHECK(credentials->user_password == row.user_password);
  }
}

TEST_CASE("auth file: an error does not repeat the content") {
  for (const std::string text :
       {"", "\n", "secret", "token:secret", "bearer:", "bearer: \n",
        "Bearer:secret", " bearer:secret", "basic:secret",
        "basic:", "bearer:secret\nbearer:secret", "bearer:sec\tret",
        "basic:a:sec\rret"}) {
    CAPTURE(text);
    const auto credentials = Read(text);
    REQUIRE_FALSE(credentials);
    CHECK((credentials.error().reason == Reason::kAuth));
    const auto& message = credentials.error().message;
    CHECK(message.find("bearer:TOKEN or basic:USER:PASSWORD") != message.npos);
    CHECK(message.find("sec") == message.npos);
    CHECK(message.find('\n') == message.npos);
  }
}

TEST_CASE("auth file: a file that cannot be read") {
  const auto missing = ReadAuthFile("/nowhere");
  REQUIRE_FALSE(missing);
  CHECK((missing.error().reason == Reason::kAuth));
  CHECK(missing.error().message == "/nowhere: No such file or directory");
  CHECK(ReadAuthFile("/").error().message == "/: not a file");
  const auto large = Read("bearer:" + std::string(4096, 'a'));
  REQUIRE_FALSE(large);
  CHECK(large.error().message.find("aaa") == std::string::npos);
}

}  // namespace
}  // namespace ipfs_peer_exporter
