#include "exporter/serve/gate.h"

#include "exporter/serve/basic_auth.h"
#include "exporter/serve/client_address.h"

namespace ipfs_peer_exporter {
namespace {

HttpResponse AskForPassword() {
  auto response =
      TextResponse(401, "A user name and a password are required.\n");
  response.headers = {
      {"WWW-Authenticate",
       "Basic realm=\"ipfs_peer_exporter\", charset=\"UTF-8\""}};
  return response;
}

bool IsHealth(std::string_view path) {
  return path == "/-/healthy" || path == "/-/ready";
}

}  // namespace

Gate::Gate(HttpHandler pages, PasswordChecker::Matches matches)
    : pages_(std::move(pages)), checker_(std::move(matches)) {}

void Gate::Set(const WebConfig& config) {
  if (config.users != hash_by_name_) {
    hash_by_name_ = config.users;
    users_.Set(config.users);
  }
  headers_ = config.headers;
  if (!config.rate_limit) {
    bucket_.reset();
  } else if (!bucket_ || bucket_->limit() != *config.rate_limit) {
    bucket_.emplace(*config.rate_limit, Clock::now());
  }
}

std::optional<HttpResponse> Gate::Answer(const HttpRequest& request) {
  if (IsHealth(request.path)) return pages_(request);
  if (bucket_ && !bucket_->Take(Clock::now())) {
    return TextResponse(429, "Too many requests (rate_limit).\n");
  }
  if (!request.certificate_error.empty()) {
    return TextResponse(403, request.certificate_error + "\n");
  }
  return users_.empty() ? pages_(request) : CheckPassword(request);
}

std::optional<HttpResponse> Gate::CheckPassword(const HttpRequest& request) {
  if (users_.empty()) return pages_(request);  // removed meanwhile
  auto credentials = ParseBasicAuth(request.authorization);
  if (!credentials) return AskForPassword();
  const auto attempt = users_.Try(*credentials);
  if (attempt.was_right) return pages_(request);
  const bool queued = checker_.Check(
      ClientOf(request.client), attempt.digest,
      std::move(credentials->password), attempt.hash,
      [this, &request, attempt, later = request.later](bool right) {
        later([this, &request, attempt, right] {
          return Checked(request, attempt, right);
        });
      });
  if (!queued) {
    return TextResponse(429, "Too many password checks are pending.\n");
  }
  return std::nullopt;
}

// A right password is looked up again, because the users may have changed.
std::optional<HttpResponse> Gate::Checked(const HttpRequest& request,
                                          const PasswordUsers::Attempt& attempt,
                                          bool right) {
  if (!right || !attempt.known) return AskForPassword();
  users_.Accept(attempt);
  return CheckPassword(request);
}

void Gate::AddHeaders(HttpResponse& response) const {
  for (const auto& header : headers_) {
    // The server itself sends it with every response.
    if (header.first == "X-Content-Type-Options") continue;
    std::erase_if(response.headers, [&header](const auto& own) {
      return IsSameText(own.first, header.first);
    });
    response.headers.push_back(header);
  }
}

}  // namespace ipfs_peer_exporter
