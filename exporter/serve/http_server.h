#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "adapters/result.h"
#include "exporter/serve/connection_guard.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/mhd_daemon.h"

namespace ipfs_peer_exporter {

// Serves HTTP/1.1 on its own thread, which no client can block. Invalid
// requests and requests with a body are refused before a body is read. Every
// response forbids caching.
class HttpServer {
 public:
  // Starts the thread and takes ownership of the listening, non-blocking
  // sockets. The caller first blocks the signals that the thread must not
  // receive. Returns an Error if the server cannot start or the loaded
  // libmicrohttpd does not read requests as expected; the sockets may then
  // stay open, so the program should exit.
  static Result<std::unique_ptr<HttpServer>> Start(
      const std::vector<int>& listen_fds, HttpHandler handler,
      HttpLimits limits = {});

  // Ends the thread and closes the sockets and all connections at once, without
  // waiting for pending responses.
  ~HttpServer();

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  HttpServer(HttpHandler handler, HttpLimits limits);

  void Serve();
  int Timeout();

  MhdShared shared_;
  std::vector<MHD_Daemon*> daemons_;  // one per listening socket
  int stop_fd_;                       // eventfd that ends the thread
  std::thread thread_;
};

}  // namespace ipfs_peer_exporter
