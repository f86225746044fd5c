#include "exporter/config/web_config.h"

#include <doctest/doctest.h>
#include <gnutls/gnutls.h>

#include <fstream>

#include "tests/exporter/pem.h"
#include "tests/exporter/scoped.h"

namespace ipfs_peer_exporter {
namespace {

constexpr char kHash[] =
    "$2y$05$abcdefghijklmnopqrstuueCoARzjdlRZI79de1QBeDgRIUR0e/li";

// A folder with certificates in which a web configuration is read.
class Web {
 public:
  Web() {
    Write("server.crt", kTestCert);
    Write("server.key", kTestKey);
    Write("other.key", kOtherTestKey);
    Write("rsa.crt", kRsaTestCert);
    Write("ca.crt", kTestCert);
    Write("empty", "\n");
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.File(name)) << text;
  }

  Result<WebConfig> Read(const std::string& text) {
    Write("web.yml", text);
    files.clear();
    return ReadWebConfig(folder_.File("web.yml"), &files);
  }

  WebConfig Good(const std::string& text) {
    const auto config = Read(text);
    if (!config) FAIL(config.error().message);
    return *config;
  }

  // The error, with FILE for the path and FOLDER for the folder.
  std::string ErrorOf(const std::string& text) {
    const auto config = Read(text);
    if (config) return "";
    auto error = config.error().message;
    for (const auto& [from, to] : {std::pair{folder_.File("web.yml"), "FILE"},
                                   std::pair{folder_.path(), "FOLDER"}}) {
      for (auto at = error.find(from); at != error.npos;
           at = error.find(from)) {
        error.replace(at, from.size(), to);
      }
    }
    return error;
  }

  std::string File(const std::string& name) const { return folder_.File(name); }

  std::vector<std::string> files;

 private:
  const ScopedFolder folder_;
};

const std::string kTls =
    "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

TEST_CASE("web config: nothing is configured") {
  Web web;
  for (const auto* text :
       {"", "# nothing\n", "tls_server_config:\n", "tls_server_config: {}\n",
        "basic_auth_users:\n", "http_server_config:\nrate_limit:\n",
        "rate_limit: {interval: 0, burst: 0}\n"}) {
    CAPTURE(text);
    CHECK(web.Good(text) == WebConfig{});
  }
}

TEST_CASE("web config: TLS from files beside the configuration") {
  Web web;
  const auto config =
      web.Good(kTls +
               "  client_auth_type: RequireAndVerifyClientCert\n"
               "  client_ca_file: ca.crt\n"
               "  client_allowed_sans: [one, 10.0.0.1]\n");
  REQUIRE(config.tls);
  CHECK(config.tls->cert + "\n" == kTestCert);
  CHECK(config.tls->key + "\n" == kTestKey);
  CHECK(config.tls->client_ca + "\n" == kTestCert);
  CHECK(config.tls->client_auth == ClientAuth::kRequireAndVerify);
  CHECK(config.tls->allowed_sans ==
        std::vector<std::string>{"one", "10.0.0.1"});
  CHECK(config.tls->priority.find(":+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA") !=
        std::string::npos);
  CHECK(config.notes ==
        std::vector<std::string>{"http2 is not supported; HTTP/1.1 is served"});
  CHECK(web.files == std::vector{web.File("web.yml"), web.File("server.crt"),
                                 web.File("server.key"), web.File("ca.crt")});
}

TEST_CASE("web config: TLS inline and from an absolute path") {
  Web web;
  std::string indented;
  for (const char c : std::string(kTestCert)) {
    indented += c;
    if (c == '\n') indented += "    ";
  }
  const auto config =
      web.Good("tls_server_config:\n  key_file: " + web.File("server.key") +
               "\n  cert: |\n    " + indented +
               "\nhttp_server_config: {http2: false}\n");
  REQUIRE(config.tls);
  CHECK(config.notes.empty());
  CHECK(config.tls->client_auth == ClientAuth::kNone);
}

TEST_CASE("web config: kinds of client authentication") {
  Web web;
  const std::pair<std::string, ClientAuth> rows[] = {
      {"NoClientCert", ClientAuth::kNone},
      {"RequestClientCert", ClientAuth::kRequest},
      {"RequireAnyClientCert", ClientAuth::kRequireAny},
      {"RequireClientCert", ClientAuth::kRequireAny},
      // Without a CA nothing can be verified, and nothing is required.
      {"VerifyClientCertIfGiven", ClientAuth::kNone},
      {"VerifyClientCertIfGiven\n  client_ca_file: ca.crt",
       ClientAuth::kVerifyIfGiven}};
  for (const auto& [word, client_auth] : rows) {
    CAPTURE(word);
    const auto config = web.Good(kTls + "  client_auth_type: " + word + "\n");
    CHECK(config.tls->client_auth == client_auth);
  }
}

TEST_CASE("web config: every suite and curve is one of GnuTLS") {
  Web web;
  const auto tls =
      *web.Good(kTls +
                "  cipher_suites:\n"
                "  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n"
                "  - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\n"
                "  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
                "  - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\n"
                "  - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\n"
                "  - TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256\n"
                "  - TLS_AES_128_GCM_SHA256\n"
                "  - TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA\n"
                "  - TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA\n"
                "  curve_preferences: [CurveP256, CurveP384, "
                "CurveP521, X25519]\n")
           .tls;
  gnutls_priority_t priority = nullptr;
  REQUIRE(gnutls_priority_init(&priority, tls.priority.c_str(), nullptr) == 0);
  const unsigned* list = nullptr;
  CHECK(gnutls_priority_group_list(priority, &list) == 4);
  CHECK(gnutls_priority_cipher_list(priority, &list) == 5);
  gnutls_priority_deinit(priority);
}

TEST_CASE("web config: users, headers, rate limit") {
  Web web;
  const auto config = web.Good(
      "basic_auth_users:\n  alice: " + std::string(kHash) + "\n  '': " + kHash +
      "\nhttp_server_config:\n  headers:\n    X-Frame-Options: deny\n"
      "    X-XSS-Protection: 1\n    Content-Security-Policy: ''\n"
      "rate_limit: {interval: 1.5s, burst: 20}\n");
  CHECK_FALSE(config.tls);
  CHECK(config.users ==
        std::map<std::string, std::string>{{"", kHash}, {"alice", kHash}});
  CHECK(config.headers ==
        std::vector<std::pair<std::string, std::string>>{
            {"X-Frame-Options", "deny"}, {"X-XSS-Protection", "1"}});
  CHECK(config.rate_limit == RateLimit{std::chrono::milliseconds(1500), 20});
}

struct Row {
  std::string text;
  std::string error;
};

TEST_CASE("web config: errors of TLS") {
  Web web;
  const Row rows[] = {
      {"tls_server_config: {cert_file: server.crt}",
       "FILE:1:20: key or key_file is missing"},
      {"tls_server_config: {key_file: server.key}",
       "FILE:1:20: cert or cert_file is missing"},
      {"tls_server_config: {min_version: TLS12}",
       "FILE:1:20: cert or cert_file is missing"},
      {"tls_server_config: {cert_filse: a}",
       "FILE:1:21: unknown key cert_filse"},
      {"tls_server_config: {cert_file: none, key_file: server.key}",
       "FILE:1:32: cert_file: FOLDER/none: No such file or directory"},
      {"tls_server_config: {cert_file: empty, key_file: server.key}",
       "FILE:1:32: cert_file: FOLDER/empty: is empty"},
      {"tls_server_config: {cert: a, cert_file: server.crt}",
       "FILE:1:41: cert and cert_file are both given"},
      {kTls + "  min_version: TLS11",
       "FILE:4:16: min_version: TLS11 is not supported; the oldest is TLS12"},
      {kTls + "  max_version: TLS111",
       "FILE:4:16: max_version is not TLS12 or TLS13"},
      {kTls + "  min_version: TLS13\n  max_version: TLS12",
       "FILE:5:16: max_version is below min_version"},
      {kTls + "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]",
       "FILE:4:19: cipher_suites: TLS_RSA_WITH_RC4_128_SHA is not supported"},
      {kTls + "  cipher_suites: TLS_AES_128_GCM_SHA256",
       "FILE:4:18: cipher_suites must be a list"},
      {kTls + "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]",
       "FILE:2:3: no cipher suite fits the server's key"},
      {kTls + "  curve_preferences: [CurveP257]",
       "FILE:4:23: curve_preferences: CurveP257 is not supported"},
      {kTls + "  prefer_server_cipher_suites: maybe",
       "FILE:4:32: prefer_server_cipher_suites must be true or false"},
      {kTls + "  client_auth_type: x",
       "FILE:4:21: client_auth_type is not one of NoClientCert, "
       "RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, "
       "RequireAndVerifyClientCert"},
      {kTls + "  client_auth_type: RequireAndVerifyClientCert",
       "FILE:4:21: client_auth_type: RequireAndVerifyClientCert needs "
       "client_ca_file"},
      {kTls + "  client_ca_file: ca.crt",
       "FILE:2:3: client_ca, client_ca_file and client_allowed_sans need a "
       "client_auth_type"},
      {kTls + "  client_auth_type: VerifyClientCertIfGiven\n"
              "  client_ca_file: server.key",
       "FILE:2:3: the client CA contains no certificate"},
      {"tls_server_config: {cert_file: server.crt, key_file: other.key}",
       "FILE:1:20: the key does not belong to the certificate"}};
  for (const auto& [text, error] : rows) {
    CAPTURE(text);
    CHECK(web.ErrorOf(text) == error);
  }
  // What GnuTLS says differs between its versions.
  CHECK(web.ErrorOf("tls_server_config: {cert_file: server.key, key_file: "
                    "server.key}")
            .starts_with("FILE:1:20: the certificate is not valid PEM: "));
  // A file that could not be read is watched too.
  CHECK(web.ErrorOf("tls_server_config: {cert_file: none}") != "");
  CHECK(web.files == std::vector{web.File("web.yml"), web.File("none")});
}

TEST_CASE("web config: other errors") {
  Web web;
  const std::string hash = kHash;
  auto costly = hash;
  costly.replace(4, 2, "15");
  const Row rows[] = {
      {"junk", "FILE:1:1: must map keys to values"},
      {"web: {}", "FILE:1:1: unknown key web"},
      {"rate_limit: {}\nrate_limit: {}", "FILE:2:1: rate_limit is given twice"},
      {"http_server_config: {http2: 2}",
       "FILE:1:29: http2 must be true or false"},
      {"http_server_config: {headers: {Content-Type: foo}}",
       "FILE:1:32: unknown key Content-Type"},
      {"http_server_config: {headers: {X-Frame-Options: foo}}",
       "FILE:1:49: X-Frame-Options has a value that is not allowed"},
      {"http_server_config: {headers: {X-XSS-Protection: \"a\\r\\nb: c\"}}",
       "FILE:1:50: X-XSS-Protection has a control character"},
      {"basic_auth_users: [alice]",
       "FILE:1:19: must map users to bcrypt hashes"},
      {"basic_auth_users: {john: doe}",
       "FILE:1:26: the user's password is not a bcrypt hash ($2a$, $2b$ or "
       "$2y$)"},
      {"basic_auth_users: {john: " + costly + "}",
       "FILE:1:26: the cost of the bcrypt hash is not between 4 and 14"},
      {"basic_auth_users: {'a:b': " + hash + "}",
       "FILE:1:20: the user's name has a character that is not allowed"},
      {"basic_auth_users: {a: " + hash + ", a: " + hash + "}",
       "FILE:1:85: the user is given twice"},
      {"rate_limit: {interval: 1, burst: 1}",
       "FILE:1:24: interval is not a duration such as 100ms, 1s or 1m30s"},
      {"rate_limit: {interval: 1s, burst: 1.5}",
       "FILE:1:35: burst is not a whole number"},
      {"rate_limit: {interval: 1s, burst: -1}",
       "FILE:1:35: burst is not a whole number"}};
  for (const auto& [text, error] : rows) {
    CAPTURE(text);
    CHECK(web.ErrorOf(text) == error);
  }
}

TEST_CASE("web config: no error repeats a secret") {
  Web web;
  const std::string secret = "hunter2$";
  const std::string hash = kHash;
  const std::string rows[] = {
      "basic_auth_users: {alice: " + secret + "}",
      "basic_auth_users: {" + secret + ": alice}",
      "basic_auth_users: {alice: *" + secret + "}",
      "basic_auth_users: {alice: {" + secret + ": 1}}",
      "basic_auth_users: {alice: '" + secret + "}",
      secret + ": alice",
      "tls_server_config: {key: " + secret + ", cert_file: server.crt}",
      "tls_server_config: {" + secret + ": key}",
      "tls_server_config: {key: [" + secret + "], cert_file: server.crt}"};
  for (const auto& text : rows) {
    CAPTURE(text);
    const auto error = web.ErrorOf(text);
    CHECK(error != "");
    CHECK(error.find("hunter2") == error.npos);
  }
  CHECK(web.ErrorOf("basic_auth_users: {" + hash + ": alice}").find("$2y$05") ==
        std::string::npos);
}

}  // namespace
}  // namespace ipfs_peer_exporter
