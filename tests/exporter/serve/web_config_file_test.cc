#include "exporter/serve/web_config_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/exporter/pem.h"
#include "tests/exporter/scoped.h"
#include "tests/exporter/stderr_of.h"

namespace ipfs_peer_exporter {
namespace {

constexpr char kTls[] =
    "tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n";
// Of other bytes and the same meaning.
const std::string kRewrittenCert = "\n" + std::string(kTestCert);

struct File {
  File() {
    Write("tls.crt", kTestCert);
    Write("tls.key", kTestKey);
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder.File(name)) << text;
  }

  void Open(const std::string& text) {
    Write("web.yml", text);
    auto opened = WebConfigFile::Open(folder.File("web.yml"), status);
    REQUIRE(opened);
    file.emplace(std::move(*opened));
  }

  // Refreshes; returns what was logged.
  std::string Refresh(bool can_renew = true) {
    WebConfigFile::Renew renew;
    if (can_renew) {
      renew = [this](const TlsConfig&) {
        ++renewals;
        return renewed;
      };
    }
    return StderrOf([&] {
      file->Refresh([this](const WebConfig& config) { sets.push_back(config); },
                    renew);
    });
  }

  const ScopedFolder folder;
  WebConfigStatus status;
  std::optional<WebConfigFile> file;
  std::vector<WebConfig> sets;
  int renewals = 0;
  Status renewed = Ok();
};

std::string Burst(unsigned burst) {
  return "rate_limit: {interval: 1s, burst: " + std::to_string(burst) + "}\n";
}

TEST_CASE("web config file: cannot be opened") {
  WebConfigStatus status;
  const auto file = WebConfigFile::Open("/none/web.yml", status);
  REQUIRE_FALSE(file);
  CHECK(file.error().message == "/none/web.yml: No such file or directory");
  CHECK(status.Get() == std::nullopt);
}

TEST_CASE("web config file: every change is seen, however fast") {
  File web;
  web.Open(Burst(1));
  CHECK(web.status.Get() == true);
  for (unsigned i = 0; i < 300; ++i) {
    const auto burst = 10 + i % 10;
    web.Write("web.yml", Burst(burst));  // the size stays the same
    web.Refresh();
    CHECK(web.file->config().rate_limit->burst == burst);
  }
  CHECK(web.sets.size() == 300);
  CHECK(web.renewals == 0);
}

TEST_CASE("web config file: nothing changed, or not its meaning") {
  File web;
  web.Open(Burst(5));
  CHECK(web.Refresh() == "");
  web.Write("web.yml", "# a comment\n" + Burst(5));
  CHECK(web.Refresh() == "");
  CHECK(web.sets.empty());
}

TEST_CASE("web config file: a broken file leaves the old one in force") {
  File web;
  web.Open(Burst(5));
  for (const auto* text : {"rate_limit: {burst: x}", "", "\xff"}) {
    CAPTURE(text);
    web.Write("web.yml", text);
    const auto log = web.Refresh();
    CHECK(
        log.find("level=error msg=\"web configuration not reloaded\" error=") !=
        log.npos);
    CHECK(web.Refresh() == "");  // said once
    CHECK(web.status.Get() == false);
    CHECK(web.file->config().rate_limit->burst == 5);
  }
  std::filesystem::remove(web.folder.File("web.yml"));
  CHECK(web.Refresh().find("No such file") != std::string::npos);
  // Even if it says what is in force already.
  web.Write("web.yml", Burst(5));
  web.Refresh();
  CHECK(web.status.Get() == true);
  CHECK(web.sets.empty());
}

// An editor may write the file in pieces; the first may hold no user yet.
TEST_CASE("web config file: users are dropped once the file is settled") {
  const std::string none = "basic_auth_users:\n";
  const std::string one =
      none +
      "  a: $2y$04$abcdefghijklmnopqrstuu4Cq0H7T0x9w5Q7NvVbC1hXvQ0m8e3yG\n";
  File web;
  web.Open(one);
  REQUIRE(web.file->config().users.size() == 1);
  int kept = 0;
  for (int i = 0; i < 50; ++i) {  // some may be settled on a busy machine
    web.Write("web.yml", none);
    web.Refresh();
    kept += web.file->config().users.empty() ? 0 : 1;
    web.Write("web.yml", one);
    web.Refresh();
  }
  CHECK(kept > 0);
  web.Write("web.yml", none);
  while (!web.file->config().users.empty()) web.Refresh();
  CHECK(web.status.Get() == true);
}

TEST_CASE("web config file: links are swapped") {
  namespace fs = std::filesystem;
  File web;
  // As the kubelet does it: web.yml → ..data/web.yml, ..data → ..1
  const fs::path folder = web.folder.path();
  for (const auto* version : {"..1", "..2"})
    fs::create_directory(folder / version);
  web.Write("..1/web.yml", Burst(1));
  web.Write("..2/web.yml", Burst(2));
  fs::create_symlink("..1", folder / "..data");
  fs::create_symlink("..data/web.yml", folder / "link.yml");
  auto opened = WebConfigFile::Open(folder / "link.yml", web.status);
  REQUIRE(opened);
  web.file.emplace(std::move(*opened));
  fs::create_symlink("..2", folder / "..data_tmp");
  fs::rename(folder / "..data_tmp", folder / "..data");
  web.Refresh();
  CHECK(web.file->config().rate_limit->burst == 2);
}

TEST_CASE("web config file: TLS is renewed only if its content changed") {
  File web;
  web.Open(kTls);
  web.Write("tls.crt", kTestCert);  // the same again
  web.Write("web.yml", kTls + Burst(1));
  CHECK(web.Refresh().find("tls=unchanged") != std::string::npos);
  CHECK(web.renewals == 0);
  web.Write("tls.crt", kRewrittenCert);
  CHECK(web.Refresh().find("tls=renewed") != std::string::npos);
  CHECK(web.renewals == 1);
  CHECK(web.file->config().tls->cert + "\n" == kRewrittenCert);
}

TEST_CASE("web config file: a certificate that does not fit, then its key") {
  File web;
  web.Open(kTls);
  web.Write("tls.key", kOtherTestKey);
  CHECK(web.Refresh().find("the key does not belong") != std::string::npos);
  CHECK(web.status.Get() == false);
  web.Write("tls.key", kTestKey);
  CHECK(web.Refresh() == "");
  CHECK(web.status.Get() == true);
  CHECK(web.renewals == 0);
}

TEST_CASE("web config file: TLS waits for a call that can renew it") {
  File web;
  web.Open(kTls);
  web.Write("tls.crt", kRewrittenCert);
  web.Write("web.yml", kTls + Burst(1));
  CHECK(web.Refresh(false) == "");
  CHECK(web.Refresh(false) == "");
  CHECK(web.sets.empty());
  web.renewed = Error{Reason::kSchema, "not this one"};
  CHECK(web.Refresh().find("not this one") != std::string::npos);
  CHECK(web.sets.empty());
  CHECK(web.status.Get() == false);
  web.renewed = Ok();
  web.Write("web.yml", kTls + Burst(2));
  web.Refresh();
  REQUIRE(web.sets.size() == 1);
  CHECK(web.sets[0].rate_limit->burst == 2);
}

TEST_CASE("web config file: TLS is not turned on or off") {
  const std::pair<std::string, std::string> rows[] = {{kTls, Burst(1)},
                                                      {Burst(1), kTls}};
  for (const auto& [before, after] : rows) {
    File web;
    web.Open(before);
    web.Write("web.yml", after);
    CHECK(web.Refresh().find("restart the exporter") != std::string::npos);
    CHECK(web.renewals == 0);
    CHECK(web.sets.empty());
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
