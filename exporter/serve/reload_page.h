#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "adapters/result.h"
#include "exporter/serve/http_message.h"

namespace ipfs_peer_exporter {

inline constexpr std::string_view kReloadPath = "/-/reload";

// Asks another thread to reload and to call `done` with the outcome. Does not
// wait.
using AskReload = std::function<void(std::function<void(const Status&)> done)>;

// Answers a request for kReloadPath: 405 unless it is a POST, 403 unless
// `allowed`, else 200 or 500 with the error when the reload has ended. Used on
// the server's thread.
std::optional<HttpResponse> AnswerReload(const HttpRequest& request,
                                         bool allowed, const AskReload& ask);

}  // namespace ipfs_peer_exporter
