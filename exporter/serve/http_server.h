#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/web_config.h"
#include "exporter/serve/connection_guard.h"
#include "exporter/serve/generations.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/mhd_shared.h"

namespace ipfs_peer_exporter {

// Serves HTTP/1.1 on its own thread, which no client can block. Invalid
// requests and requests with a body are refused before a body is read. Every
// response forbids caching.
//
// TLS can be renewed while the server runs: new connections get the new
// configuration at once. An old connection ends with the response to its next
// request, or when it has been idle for HttpLimits::idle_when_old; at once if
// TLS was renewed four times since. No request that has arrived is dropped.
class HttpServer {
 public:
  // Called on the server's thread after each wait, before requests are read;
  // may call Renew.
  using BeforeRun = std::function<void(HttpServer&)>;

  // Starts the thread and takes ownership of the listening, non-blocking
  // sockets. Serves without TLS if `tls` is null. The caller first blocks the
  // signals that the thread must not receive. Returns an Error if the server
  // cannot start, GnuTLS refuses `tls`, or the loaded libmicrohttpd does not
  // read requests as expected.
  static Result<std::unique_ptr<HttpServer>> Start(
      const std::vector<int>& listen_fds, HttpHandler handler,
      HttpLimits limits = {}, const TlsConfig* tls = nullptr,
      BeforeRun before_run = nullptr, BeforeResponse before_response = nullptr);

  // Ends the thread and closes the sockets and all connections at once, without
  // waiting for pending responses.
  ~HttpServer();

  // Serves new connections with `tls`. Returns an Error and changes nothing if
  // GnuTLS refuses it or the system has no resources. Call it on the server's
  // thread.
  Status Renew(const TlsConfig& tls);

  // How many earlier TLS configurations still have connections. Call it on the
  // server's thread.
  std::size_t old_generations() const { return generations_.old(); }

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  HttpServer(const std::vector<int>& listen_fds, HttpHandler handler,
             HttpLimits limits, BeforeRun before_run,
             BeforeResponse before_response);

  void Serve();
  void Wait();
  int Timeout();

  MhdShared shared_;
  Generations generations_;
  const BeforeRun before_run_;
  const int stop_fd_;  // eventfd that ends the thread
  bool stops_ = false;
  bool has_steps_ = false;
  int busy_turns_ = 0;  // since the latest wait
  std::thread thread_;
};

}  // namespace ipfs_peer_exporter
