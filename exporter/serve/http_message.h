#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/serve/client_address.h"
#include "exporter/serve/http_query.h"

namespace ipfs_peer_exporter {

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;  // never null; held until it is sent
  bool gzip = false;                        // the body is compressed
  bool may_be_gzip = false;  // compressed for clients that accept gzip
  bool has_formats = false;  // the client's Accept chose the content type
  std::vector<std::pair<std::string, std::string>> headers;  // additional
  // Released on the server's thread when the response is sent or its connection
  // is gone.
  std::shared_ptr<const void> until_sent;
};

// A response of plain text.
inline HttpResponse TextResponse(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

// The next step of a request whose handler returned nullopt. Called on the
// server's thread: must neither block nor throw. Returns the response, or
// nullopt if HttpRequest::later is called again.
using HttpStep = std::function<std::optional<HttpResponse>()>;

// A request without a body. Lives until its response is sent or its connection
// is gone; a step that runs may therefore refer to it.
struct HttpRequest {
  // As sent: "GET", "HEAD", "POST" or any other. The server sends no body in
  // response to HEAD, so a handler treats it as GET.
  std::string_view method = "GET";
  std::string_view path;  // decoded
  HttpQuery query;
  std::string accept;  // the values of all such headers, joined; empty if none
  std::string accept_encoding;
  std::string authorization;
  ClientAddress client{};
  // Why the client's certificate is not accepted, a sentence; empty if it is
  // accepted or none is asked for.
  std::string certificate_error;
  // Continues a request whose handler or step returned nullopt: call it once
  // for each nullopt, on any thread, before or after the return. The step is
  // called later on the server's thread, or destroyed without a call if the
  // connection is gone or the server stops. A copy of the function may be
  // called at any time, even after the server is gone.
  std::function<void(HttpStep)> later;
};

// Called on the server's thread: must neither block nor throw. Returns the
// response, or nullopt if `later` is called.
using HttpHandler =
    std::function<std::optional<HttpResponse>(const HttpRequest&)>;

// Called on the server's thread with every response before it is sent, also
// with those that the server gives itself. Must neither block nor throw.
using BeforeResponse = std::function<void(HttpResponse&)>;

}  // namespace ipfs_peer_exporter
