#include "exporter/net/http_client.h"

#include <utility>

#include "exporter/net/connect_retry.h"
#include "exporter/net/http_transfer.h"

namespace ipfs_peer_exporter {

struct HttpClient::Call {
  explicit Call(HttpCall call)
      : retry(Clock::now() + call.timeout), transfer(std::move(call)) {}

  ConnectRetry retry;
  HttpTransfer transfer;
  EventLoop::TimerId timer = 0;  // of the next attempt to connect
};

HttpClient::HttpClient(EventLoop& loop) : loop_(loop) {}

HttpClient::~HttpClient() {
  while (!calls_.empty()) Cancel(calls_.begin()->first);
}

HttpClient::CallId HttpClient::Start(HttpCall call) {
  const CallId id = next_call_++;
  Run(calls_.emplace(id, std::make_unique<Call>(std::move(call))).first);
  return id;
}

void HttpClient::Cancel(CallId id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;
  loop_.Cancel(found->second->timer);
  loop_.Remove(found->second->transfer.easy());
  calls_.erase(found);
}

void HttpClient::Run(Handle handle) {
  auto& [retry, transfer, timer] = *handle->second;
  transfer.SetTimeout(retry.deadline() - Clock::now());
  loop_.Add(transfer.easy(), [this, handle](int code) { End(handle, code); });
}

void HttpClient::End(Handle handle, int curl_code) {
  auto& [retry, transfer, timer] = *handle->second;
  const auto code = static_cast<CURLcode>(curl_code);
  const auto now = Clock::now();
  if (transfer.IsQueueFull(code) && !retry.IsOver(now)) {
    loop_.Remove(transfer.easy());
    timer = loop_.At(retry.Next(now), [this, handle] { Run(handle); });
    return;
  }
  const auto result = transfer.End(code);
  loop_.Remove(transfer.easy());
  const auto node = calls_.extract(handle);
  transfer.call().done(result);
}

}  // namespace ipfs_peer_exporter
