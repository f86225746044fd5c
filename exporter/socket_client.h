#pragma once

#include <curl/curl.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "adapters/result.h"
#include "exporter/event_loop.h"

namespace ipfs_peer_exporter {

struct SocketCall {
  std::string unix_socket;  // path
  Duration timeout;         // of the whole exchange
  std::size_t max_bytes;
  std::function<void(Result<std::string> reply)> done;  // called once
};

// Connects to a stream socket and reads until the other side closes, from the
// loop. libcurl connects (CURLOPT_CONNECT_ONLY).
class SocketClient {
 public:
  explicit SocketClient(EventLoop& loop);
  ~SocketClient();  // drops what is under way, without a call of `done`
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  void Start(SocketCall call);

 private:
  struct Exchange;
  void OnConnected(CURL* easy, CURLcode code);
  void OnReadable(CURL* easy);
  void Close(CURL* easy);
  void Finish(CURL* easy, Result<std::string> reply);

  EventLoop& loop_;
  std::map<CURL*, std::unique_ptr<Exchange>> exchanges_;
};

}  // namespace ipfs_peer_exporter
