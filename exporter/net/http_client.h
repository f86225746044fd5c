#pragma once

#include <map>
#include <memory>

#include "exporter/net/event_loop.h"
#include "exporter/net/http_call.h"

namespace ipfs_peer_exporter {

// Makes HTTP requests with libcurl in the event loop. A request depends on its
// call only: proxies, redirects and credentials of the environment are not
// used. Connections are kept and shared.
class HttpClient final : public HttpFetcher {
 public:
  explicit HttpClient(EventLoop& loop);
  ~HttpClient() override;  // cancels the calls under way
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  CallId Start(HttpCall call) override;
  void Cancel(CallId id) override;

 private:
  struct Call;
  using Handle = std::map<CallId, std::unique_ptr<Call>>::iterator;
  void Run(Handle handle);
  void End(Handle handle, int curl_code);

  EventLoop& loop_;
  CallId next_call_ = 1;
  std::map<CallId, std::unique_ptr<Call>> calls_;  // under way
};

}  // namespace ipfs_peer_exporter
