#pragma once

#include <functional>
#include <list>
#include <string>

#include "adapters/result.h"
#include "exporter/net/address.h"
#include "exporter/net/connect_retry.h"
#include "exporter/net/event_loop.h"

namespace ipfs_peer_exporter {

struct SocketCall {
  SocketAddress address;
  std::string request;  // what to send first; short, or empty
  Duration timeout;     // of the whole exchange
  std::size_t max_bytes;
  std::function<void(Result<std::string> reply)> done;  // called once
};

// Connects to stream sockets, says its request and reads until the other side
// closes, from the loop.
class SocketClient {
 public:
  explicit SocketClient(EventLoop& loop) : loop_(loop) {}
  ~SocketClient();  // drops what is under way, without a call of `done`
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  void Start(SocketCall call);

 private:
  struct Exchange {
    SocketCall call;
    ConnectRetry retry;
    int fd = -1;                   // not connected yet
    EventLoop::TimerId timer = 0;  // of the next attempt, then of the deadline
    std::string reply = {};
  };
  using Handle = std::list<Exchange>::iterator;

  void Open(Handle exchange);
  void OnWritable(Handle exchange);
  void OnReadable(Handle exchange);
  void Close(Handle exchange);
  void Finish(Handle exchange, Result<std::string> reply);

  EventLoop& loop_;
  std::list<Exchange> exchanges_;
};

// Why connecting to a Unix socket failed with the errno `error`. Where it is
// for lack of permission, the message tells who may.
Error SocketError(const std::string& path, int error);

}  // namespace ipfs_peer_exporter
