#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/result.h"
#include "exporter/serve/connection_guard.h"
#include "exporter/serve/http_query.h"

struct MHD_Daemon;

namespace ipfs_peer_exporter {

// A GET or HEAD; the handler need not tell them apart. Valid for one call.
struct HttpRequest {
  std::string_view path;  // decoded
  HttpQuery query;
  bool accepts_gzip = false;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;  // never null; kept until it is sent
  bool gzip = false;                        // the body is gzip
  bool may_be_gzip = false;                 // is, for those who accept it
  std::vector<std::pair<const char*, std::string>> headers;  // further ones
};

// Called on the server's thread: must neither block nor throw.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Serves HTTP/1.1 on one thread of its own, whatever the clients do. What
// breaks the rules of HTTP and methods other than GET and HEAD are refused
// before a body is read. No answer is to be stored.
class HttpServer {
 public:
  // Takes the listening, non-blocking sockets. Signals that the thread is not
  // to receive have to be blocked before. A program that gets an Error is
  // expected to end: the sockets may be left open.
  static Result<std::unique_ptr<HttpServer>> Start(
      const std::vector<int>& listen_fds, HttpHandler handler,
      HttpLimits limits = {});

  // Closes the sockets and all connections at once, answered or not.
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct Callbacks;
  struct Exchange;

  HttpServer(HttpHandler handler, HttpLimits limits);

  HttpResponse Answer(const Exchange& exchange) const;
  void Serve();
  int Timeout();

  const HttpHandler handler_;
  const HttpLimits limits_;
  ConnectionGuard guard_;
  std::vector<MHD_Daemon*> daemons_;  // one per listening socket
  Exchange* begun_ = nullptr;         // whose request line was just read
  int stop_fd_;                       // eventfd: the thread is to end
  std::thread thread_;
};

}  // namespace ipfs_peer_exporter
