#include "exporter/serve/reload_page.h"

#include <memory>
#include <string>
#include <utility>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

HttpResponse Text(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

HttpResponse ResponseTo(const Status& outcome) {
  if (outcome) return Text(200, "Configuration reloaded.\n");
  return Text(500, Printable(outcome.error().message) + "\n");
}

}  // namespace

std::optional<HttpResponse> AnswerReload(const HttpRequest& request,
                                         bool allowed, const AskReload& ask) {
  if (request.method != "POST") {
    auto response = Text(405, "Only POST is supported.\n");
    response.headers = {{"Allow", "POST"}};
    return response;
  }
  if (!allowed) {
    return Text(403, "Not allowed without --web.enable-lifecycle.\n");
  }
  ask([later = request.later](const Status& outcome) {
    later([outcome] { return ResponseTo(outcome); });
  });
  return std::nullopt;
}

}  // namespace ipfs_peer_exporter
