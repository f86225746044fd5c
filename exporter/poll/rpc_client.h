#pragma once

#include <functional>
#include <string>

#include "adapters/ipfs/reply.h"
#include "exporter/config/options.h"
#include "exporter/net/http_call.h"

namespace ipfs_peer_exporter {

// Calls the daemon's RPC API with its address, the credentials and a timeout.
// Runs on the loop's thread.
class RpcClient {
 public:
  RpcClient(const IpfsOptions& options, HttpFetcher& http);

  // Whether the options name the address that is called now.
  bool IsFor(const IpfsOptions& options) const {
    return options.api == options_.api;
  }
  // Takes the options for the calls from now on.
  void Change(const IpfsOptions& options);

  // Call it before each attempt to connect: without --ipfs.api, the address
  // comes from the daemon's `api` file (FindLocalRpc), which may have changed.
  // Logs a problem with that file once.
  void FindDaemon();
  const std::string& address() const { return address_.text; }

  // Makes the call of `request`. `reader` receives the bytes of the reply and
  // must live until `done`. The whole exchange may take --ipfs.timeout, or
  // `timeout` if that is longer. Returns an error, without a call, if the
  // credentials are not available.
  Result<HttpFetcher::CallId> Start(
      const ipfs::Request& request, Duration timeout, ipfs::ReplyReader& reader,
      std::function<void(const HttpResult&)> done);
  void Cancel(HttpFetcher::CallId call) { http_.Cancel(call); }

 private:
  Result<Credentials> ReadCredentials() const;

  void WarnIfExposed() const;

  IpfsOptions options_;
  HttpFetcher& http_;
  HttpAddress address_;
  std::string told_;  // last problem of the `api` file
};

}  // namespace ipfs_peer_exporter
