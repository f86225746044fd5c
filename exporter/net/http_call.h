#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/result.h"
#include "exporter/base/units.h"
#include "exporter/net/address.h"
#include "exporter/net/auth_file.h"
#include "exporter/net/tls_files.h"

namespace ipfs_peer_exporter {

// Result of one HTTP exchange.
struct HttpResult {
  int status = 0;              // 0: no reply
  std::string stream_error;    // the trailer X-Stream-Error of Kubo's RPC
  std::optional<Error> error;  // why the exchange did not complete
};

// One HTTP exchange to make.
struct HttpCall {
  HttpAddress address;
  Credentials credentials = {};
  TlsFiles tls = {};
  std::string path;  // with its query
  bool post = false;
  Duration timeout;  // of the whole exchange, from Start() on
  // A body with a larger Content-Length is not read; `on_body` has to limit the
  // size of other bodies.
  std::size_t max_bytes;
  // Receives the body in pieces. An error that it returns ends the exchange and
  // becomes its error.
  std::function<Status(int status, std::string_view bytes)> on_body;
  std::function<void(const HttpResult& result)> done;  // called once
};

// The error of a body with the content coding `coding`; requests accept none.
inline Error NotAsked(const std::string& coding) {
  return {Reason::kParse,
          "the body is " + coding + ", which was not asked for"};
}

// Makes HTTP requests. Abstract, so that tests can replace it. Not thread-safe:
// all calls and callbacks are made on the loop's thread.
class HttpFetcher {
 public:
  using CallId = std::uint64_t;  // never reused

  virtual ~HttpFetcher() = default;
  virtual CallId Start(HttpCall call) = 0;  // returns before `done` is called
  // After this, `done` is not called. Ignores a call that has ended. Must not
  // be called from `on_body`.
  virtual void Cancel(CallId call) = 0;
};

}  // namespace ipfs_peer_exporter
