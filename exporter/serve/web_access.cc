#include "exporter/serve/web_access.h"

#include <utility>

namespace ipfs_peer_exporter {

Result<std::unique_ptr<WebAccess>> WebAccess::Open(const std::string& path,
                                                   HttpHandler pages,
                                                   WebConfigStatus& status) {
  std::unique_ptr<WebAccess> access(new WebAccess(std::move(pages)));
  if (path.empty()) return access;
  auto file = WebConfigFile::Open(path, status);
  if (!file) return file.error();
  access->file_.emplace(std::move(*file));
  access->gate_.Set(access->config());
  return access;
}

const WebConfig& WebAccess::config() const {
  static const WebConfig kNone;
  return file_ ? file_->config() : kNone;
}

void WebAccess::BeforeRun(HttpServer& server) {
  Refresh([&server](const TlsConfig& tls) { return server.Renew(tls); });
}

// Checks the file for each request too: a turn of the server that began before
// a change may read requests that arrived after it.
std::optional<HttpResponse> WebAccess::Answer(const HttpRequest& request) {
  Refresh(nullptr);
  return gate_.Answer(request);
}

void WebAccess::Refresh(const WebConfigFile::Renew& renew) {
  if (!file_) return;
  file_->Refresh([this](const WebConfig& config) { gate_.Set(config); }, renew);
}

}  // namespace ipfs_peer_exporter
