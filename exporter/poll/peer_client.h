#pragma once

#include <functional>
#include <string>

#include "exporter/config/options.h"
#include "exporter/net/http_call.h"
#include "exporter/net/socket_client.h"

namespace ipfs_peer_exporter {

// Fetches the stats of one peer over a socket or HTTP, one call at a time. Runs
// on the loop's thread.
class PeerClient {
 public:
  using Done = std::function<void(Result<std::string> reply)>;

  struct Limits {
    std::string request;  // line to send after connecting; may be empty
    Duration timeout{};   // of the whole exchange
    std::size_t max_bytes = 0;

    bool operator==(const Limits&) const = default;
  };

  PeerClient(const PeerOptions& peer, const Limits& limits, HttpFetcher& http,
             SocketFetcher& sockets);
  ~PeerClient();  // cancels the call under way
  PeerClient(const PeerClient&) = delete;
  PeerClient& operator=(const PeerClient&) = delete;

  // `done` is called once, possibly before Start() returns.
  void Start(Done done);

 private:
  void StartHttp(Done done);
  Status OnBody(int status, std::string_view bytes);
  Result<std::string> ReplyOf(const HttpResult& result);

  const PeerOptions peer_;
  const Limits limits_;
  HttpFetcher& http_;
  SocketFetcher& sockets_;
  HttpFetcher::CallId http_call_ = 0;
  SocketFetcher::CallId socket_call_ = 0;
  std::string body_;  // of the HTTP reply under way
};

}  // namespace ipfs_peer_exporter
