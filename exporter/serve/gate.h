#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exporter/config/web_config.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/password_checker.h"
#include "exporter/serve/password_users.h"
#include "exporter/serve/token_bucket.h"

namespace ipfs_peer_exporter {

// Passes a request to the pages if the web configuration allows it. Checks in
// this order: the rate limit (429), the client's certificate (403), user and
// password (401, or 429 if too many checks are pending). The health routes are
// always allowed. Used on the server's thread; must outlive the server.
class Gate {
 public:
  // Tests replace `matches`.
  explicit Gate(HttpHandler pages,
                PasswordChecker::Matches matches = BcryptMatches);

  // Takes effect with the next request. The bucket of an unchanged rate limit
  // keeps its level; if a user changed, all passwords are checked anew.
  void Set(const WebConfig& config);

  std::optional<HttpResponse> Answer(const HttpRequest& request);

  // Adds the configured headers, which replace the response's own of that name.
  void AddHeaders(HttpResponse& response) const;

 private:
  std::optional<HttpResponse> CheckPassword(const HttpRequest& request);
  std::optional<HttpResponse> Checked(const HttpRequest& request,
                                      const PasswordUsers::Attempt& attempt,
                                      bool right);

  const HttpHandler pages_;
  std::map<std::string, std::string> hash_by_name_;
  PasswordUsers users_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::optional<TokenBucket> bucket_;
  PasswordChecker checker_;
};

}  // namespace ipfs_peer_exporter
