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

struct HttpResult {
  int status = 0;              // 0: there was no reply
  std::string stream_error;    // the trailer X-Stream-Error of Kubo's RPC
  std::optional<Error> error;  // why the exchange was not completed
};

struct HttpCall {
  HttpAddress address;
  Credentials credentials = {};
  TlsFiles tls = {};
  std::string path;  // with its query
  bool post = false;
  Duration timeout;  // of the whole exchange, from Start() on
  // A body whose announced length is larger is not read; the length of others
  // is for `on_body` to check.
  std::size_t max_bytes;
  // The body, in pieces; an error ends the exchange with it.
  std::function<Status(int status, std::string_view bytes)> on_body;
  std::function<void(const HttpResult& result)> done;  // called once
};

// The error of a body in this content coding: no request of ours accepts one.
inline Error NotAsked(const std::string& coding) {
  return {Reason::kParse,
          "the body is " + coding + ", which was not asked for"};
}

// Makes HTTP requests. Abstract, so that tests bring their own. Not
// thread-safe: all is called, and calls back, on the loop's thread.
class HttpFetcher {
 public:
  using CallId = std::uint64_t;  // never given twice

  virtual ~HttpFetcher() = default;
  virtual CallId Start(HttpCall call) = 0;  // returns before `done`
  // `done` is not called any more; a call that has ended is no error. Not to be
  // called from `on_body`.
  virtual void Cancel(CallId call) = 0;
};

}  // namespace ipfs_peer_exporter
