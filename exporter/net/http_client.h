#pragma once

#include <curl/curl.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/result.h"
#include "exporter/net/address.h"
#include "exporter/net/auth_file.h"
#include "exporter/net/event_loop.h"
#include "exporter/net/tls_files.h"

namespace ipfs_peer_exporter {

struct HttpResult {
  int status = 0;              // 0: there was no reply
  std::string stream_error;    // the trailer X-Stream-Error of Kubo's RPC
  std::optional<Error> error;  // why the exchange did not come to its end
};

struct HttpCall {
  HttpAddress address;
  Credentials credentials = {};
  TlsFiles tls = {};
  std::string path;  // with its query
  bool post = false;
  Duration timeout;  // of the whole exchange, from Start() on
  // A body that says that it is longer is not begun; one that does not say so
  // is for `on_body` to end.
  std::size_t max_bytes;
  // The body, in pieces; an error ends the exchange with it.
  std::function<Status(int status, std::string_view bytes)> on_body;
  std::function<void(const HttpResult& result)> done;  // called once
};

// A body in this content coding: no request of ours names one.
Error NotAsked(const std::string& coding);

// Asks HTTP servers, from the loop. What is asked depends on nothing but the
// call: no proxy, no redirect, no credentials of the environment. Connections
// are kept and shared.
class HttpClient {
 public:
  explicit HttpClient(EventLoop& loop);
  ~HttpClient();  // drops what is under way, without a call of `done`
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void Start(HttpCall call);

 private:
  struct Transfer;
  static std::size_t OnBody(char* bytes, std::size_t, std::size_t size,
                            void* transfer);
  static std::size_t OnHeader(char* bytes, std::size_t, std::size_t size,
                              void* transfer);
  void Run(CURL* easy);
  bool Retry(CURL* easy);
  void Finish(CURL* easy, CURLcode code);

  EventLoop& loop_;
  std::map<CURL*, std::unique_ptr<Transfer>> transfers_;
};

}  // namespace ipfs_peer_exporter
