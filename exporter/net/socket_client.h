#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "adapters/result.h"
#include "exporter/net/address.h"
#include "exporter/net/connect_retry.h"
#include "exporter/net/event_loop.h"

namespace ipfs_peer_exporter {

// One exchange over a stream socket.
struct SocketCall {
  SocketAddress address;
  std::string request;    // sent first; short, may be empty
  Duration timeout;       // of the whole exchange
  std::size_t max_bytes;  // a larger reply is an error (kTooLarge)
  std::function<void(Result<std::string> reply)> done;  // called once
};

// Connects to stream sockets, sends a request and reads until the server closes
// the connection. Abstract, so that tests can replace it. Not thread-safe: all
// calls and callbacks are made on the loop's thread.
class SocketFetcher {
 public:
  using CallId = std::uint64_t;  // never reused

  virtual ~SocketFetcher() = default;
  // May call `done` before it returns.
  virtual CallId Start(SocketCall call) = 0;
  // After this, `done` is not called. Ignores a call that has ended.
  virtual void Cancel(CallId call) = 0;
};

class SocketClient final : public SocketFetcher {
 public:
  explicit SocketClient(EventLoop& loop) : loop_(loop) {}
  ~SocketClient() override;  // cancels the calls under way
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  CallId Start(SocketCall call) override;
  void Cancel(CallId call) override;

 private:
  struct Exchange {
    SocketCall call;
    ConnectRetry retry;
    int fd = -1;                   // -1: not connected yet
    EventLoop::TimerId timer = 0;  // of the next attempt, then of the deadline
    std::string reply = {};
  };
  using Handle = std::map<CallId, Exchange>::iterator;

  void Open(Handle exchange);
  void OnWritable(Handle exchange);
  void OnReadable(Handle exchange);
  void Close(Handle exchange);
  void Finish(Handle exchange, Result<std::string> reply);

  EventLoop& loop_;
  CallId next_call_ = 1;
  std::map<CallId, Exchange> exchanges_;
};

// The error of a connect to a Unix socket that failed with the errno `error`.
// If permission is missing, the message gives the socket's owner and mode.
Error SocketError(const std::string& path, int error);

}  // namespace ipfs_peer_exporter
