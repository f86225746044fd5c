#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "adapters/result.h"
#include "exporter/serve/connection_guard.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/mhd_daemon.h"

namespace ipfs_peer_exporter {

// Serves HTTP/1.1 on one thread of its own, whatever the clients do. Requests
// that break the rules of HTTP, and methods other than GET and HEAD, are
// refused before a body is read. No answer may be stored by caches.
class HttpServer {
 public:
  // Takes the listening, non-blocking sockets. Signals that the thread must not
  // receive have to be blocked before. A program that gets an Error is expected
  // to end: the sockets may be left open. It is an error, too, if the loaded
  // libmicrohttpd does not read requests as expected.
  static Result<std::unique_ptr<HttpServer>> Start(
      const std::vector<int>& listen_fds, HttpHandler handler,
      HttpLimits limits = {});

  // Closes the sockets and all connections at once, answered or not.
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  HttpServer(HttpHandler handler, HttpLimits limits);

  void Serve();
  int Timeout();

  MhdShared shared_;
  std::vector<MHD_Daemon*> daemons_;  // one per listening socket
  int stop_fd_;                       // eventfd: the thread is to end
  std::thread thread_;
};

}  // namespace ipfs_peer_exporter
