#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/serve/http_query.h"

namespace ipfs_peer_exporter {

// A GET or HEAD request; the handler treats both alike. Valid during the call.
struct HttpRequest {
  std::string_view path;  // decoded
  HttpQuery query;
  std::string accept;           // the values of Accept, joined
  std::string accept_encoding;  // the values of Accept-Encoding, joined
};

// The response to a GET or HEAD request.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;  // never null; held until it is sent
  bool gzip = false;                        // the body is compressed
  bool may_be_gzip = false;  // compressed for clients that accept gzip
  bool has_formats = false;  // the client's Accept chose the content type
  std::vector<std::pair<const char*, std::string>> headers;  // additional
};

// Called on the server's thread: must neither block nor throw.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

}  // namespace ipfs_peer_exporter
