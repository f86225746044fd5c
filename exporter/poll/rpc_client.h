#pragma once

#include <functional>
#include <string>

#include "adapters/ipfs/reply.h"
#include "exporter/config/options.h"
#include "exporter/net/http_call.h"

namespace ipfs_peer_exporter {

// Calls the daemon's RPC API: knows where it is, who we are to it and how long
// it may take.
class RpcClient {
 public:
  RpcClient(const IpfsOptions& options, HttpFetcher& http);

  // To be called before each attempt to connect: without --ipfs.api, the
  // daemon's `api` file tells the address (FindLocalRpc), and may name another
  // by now. Logs once what is wrong with that file.
  void FindDaemon();
  const std::string& address() const { return address_.text; }

  // Asks for a Request::target; `reader` gets the bytes of the reply and has to
  // live until `done`. The whole exchange may take --ipfs.timeout, or `timeout`
  // if that is longer. Without the credentials there is no call.
  Result<HttpFetcher::CallId> Start(
      const std::string& target, Duration timeout, ipfs::ReplyReader& reader,
      std::function<void(const HttpResult&)> done);
  void Cancel(HttpFetcher::CallId call) { http_.Cancel(call); }

 private:
  Result<Credentials> ReadCredentials() const;

  const IpfsOptions options_;
  HttpFetcher& http_;
  HttpAddress address_;
  std::string told_;  // the problem of the `api` file that was logged last
};

}  // namespace ipfs_peer_exporter
