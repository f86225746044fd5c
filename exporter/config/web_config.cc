#include "exporter/config/web_config.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>
#include <string_view>

#include "exporter/config/bcrypt_hash.h"
#include "exporter/config/go_duration.h"
#include "exporter/config/web_files.h"
#include "exporter/config/web_tls.h"

namespace ipfs_peer_exporter {
namespace {

// The response headers that may be set, and the only values that they may have;
// any value if there are none.
constexpr struct {
  std::string_view name;
  std::string_view values[2];
} kHeaders[] = {{"Strict-Transport-Security", {}},
                {"X-Content-Type-Options", {"nosniff", "nosniff"}},
                {"X-Frame-Options", {"deny", "sameorigin"}},
                {"X-XSS-Protection", {}},
                {"Content-Security-Policy", {}}};

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

void SetHeaders(const YAML::Node& map, WebConfig& config) {
  if (!map || map.IsNull()) return;
  std::vector<std::string_view> names;
  for (const auto& row : kHeaders) names.push_back(row.name);
  RequireWebKeys(map, names);
  for (const auto& [name, values] : kHeaders) {
    const std::string key(name);
    const auto value = OptionalText(map, key);
    if (!map[key]) continue;
    if (HasControl(value)) FailAt(map[key], key + " has a control character");
    if (!values[0].empty() && std::ranges::count(values, value) == 0) {
      FailAt(map[key], key + " has a value that is not allowed");
    }
    if (!value.empty()) config.headers.emplace_back(key, value);
  }
}

void SetHttp(const YAML::Node& section, WebConfig& config) {
  bool http2 = true;
  if (section && !section.IsNull()) {
    RequireWebKeys(section, {"http2", "headers"});
    http2 = OptionalSwitch(section, "http2", true);
    SetHeaders(section["headers"], config);
  }
  if (http2 && config.tls) {
    config.notes.emplace_back("http2 is not supported; HTTP/1.1 is served");
  }
}

void SetUsers(const YAML::Node& section, WebConfig& config) {
  if (!section || section.IsNull()) return;
  if (!section.IsMap()) FailAt(section, "must map users to bcrypt hashes");
  for (const auto& pair : section) {
    const auto name = TextAt(pair.first);
    if (name.find(':') != name.npos || HasControl(name)) {
      FailAt(pair.first, "the user's name has a character that is not allowed");
    }
    if (!pair.second.IsScalar() || !IsBcryptHash(pair.second.Scalar())) {
      FailAt(pair.second,
             "the user's password is not a bcrypt hash ($2a$, $2b$ or $2y$)");
    }
    if (!IsBcryptCostAllowed(pair.second.Scalar())) {
      FailAt(pair.second,
             "the cost of the bcrypt hash is not between 4 and 14");
    }
    if (!config.users.emplace(name, pair.second.Scalar()).second) {
      FailAt(pair.first, "the user is given twice");
    }
  }
}

void SetRateLimit(const YAML::Node& section, WebConfig& config) {
  if (!section || section.IsNull()) return;
  RequireWebKeys(section, {"interval", "burst"});
  RateLimit limit{.interval = {}, .burst = 0};
  if (const auto node = section["interval"]; node && !node.IsNull()) {
    const auto interval = ParseGoDuration(TextAt(node));
    if (!interval) {
      FailAt(node, "interval is not a duration such as 100ms, 1s or 1m30s");
    }
    limit.interval = *interval;
  }
  if (const auto node = section["burst"]; node && !node.IsNull()) {
    const double burst = NumberAt(node);
    if (burst != std::floor(burst) || burst < 0 ||
        burst > std::numeric_limits<int>::max()) {
      FailAt(node, "burst is not a whole number");
    }
    limit.burst = static_cast<unsigned>(burst);
  }
  if (limit.interval > Duration::zero()) config.rate_limit = limit;
}

}  // namespace

Result<WebConfig> ReadWebConfig(const std::string& path,
                                std::vector<std::string>* files) {
  WebConfig config;
  std::vector<std::string> read;
  WebFiles web_files(path, read);
  const auto status = ReadYamlFile(path, [&](const YAML::Node& root) {
    RequireWebKeys(root, {"tls_server_config", "http_server_config",
                          "basic_auth_users", "rate_limit"});
    config.tls = TlsSection(root["tls_server_config"], web_files, config.notes);
    SetHttp(root["http_server_config"], config);
    SetUsers(root["basic_auth_users"], config);
    SetRateLimit(root["rate_limit"], config);
  });
  if (files != nullptr) *files = std::move(read);
  if (!status) return status.error();
  return config;
}

}  // namespace ipfs_peer_exporter
