#include "exporter/serve/reload_page.h"

#include <string>
#include <utility>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

HttpResponse ResponseTo(const Status& outcome) {
  if (outcome) return TextResponse(200, "Configuration reloaded.\n");
  return TextResponse(500, Printable(outcome.error().message) + "\n");
}

}  // namespace

std::optional<HttpResponse> AnswerReload(const HttpRequest& request,
                                         bool allowed, const AskReload& ask) {
  if (request.method != "POST") {
    auto response = TextResponse(405, "Only POST is supported.\n");
    response.headers = {{"Allow", "POST"}};
    return response;
  }
  if (!allowed) {
    return TextResponse(403, "Not allowed without --web.enable-lifecycle.\n");
  }
  ask([later = request.later](const Status& outcome) {
    later([outcome] { return ResponseTo(outcome); });
  });
  return std::nullopt;
}

}  // namespace ipfs_peer_exporter
