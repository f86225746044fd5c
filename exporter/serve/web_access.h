#pragma once

#include <memory>
#include <optional>
#include <string>

#include "exporter/serve/gate.h"
#include "exporter/serve/http_server.h"
#include "exporter/serve/web_config_file.h"

namespace ipfs_peer_exporter {

// The pages behind the web configuration. Its functions are called by an
// HttpServer, on the server's thread; it must outlive the server.
class WebAccess {
 public:
  // Reads the configuration; without a path everything is allowed. `status`
  // must outlive the object.
  static Result<std::unique_ptr<WebAccess>> Open(const std::string& path,
                                                 HttpHandler pages,
                                                 WebConfigStatus& status);

  // The configuration at the time of the last request.
  const WebConfig& config() const;

  // A change of the file takes effect with the next request and handshake.
  void BeforeRun(HttpServer& server);
  std::optional<HttpResponse> Answer(const HttpRequest& request);
  void BeforeResponse(HttpResponse& response) { gate_.AddHeaders(response); }

 private:
  explicit WebAccess(HttpHandler pages) : gate_(std::move(pages)) {}

  void Refresh(const WebConfigFile::Renew& renew);

  Gate gate_;
  std::optional<WebConfigFile> file_;
};

}  // namespace ipfs_peer_exporter
