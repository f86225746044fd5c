#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace ipfs_peer_exporter {

// A neighbour for one test: accepts connections one after the other, lets
// `talk` have each, and closes it. Ends with the object, so `talk` has to end
// when its connection does.
class TinyServer {
 public:
  using Talk = std::function<void(int fd)>;

  explicit TinyServer(Talk talk);                  // TCP on loopback
  TinyServer(const std::string& path, Talk talk);  // a Unix socket
  ~TinyServer();
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }
  int connections() const { return connections_; }

 private:
  void Serve(Talk talk);

  int fd_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

// A Unix socket whose queue is full until somebody takes from it.
class FullListener {
 public:
  explicit FullListener(const std::string& path);
  ~FullListener();
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  // Accepts who waits first: there is room for one more.
  int Accept() const;

 private:
  int fd_;
  int waiting_;
};

void SendAll(int fd, std::string_view bytes);
// Reads the header of a request; empty when there is none any more.
std::string ReceiveRequest(int fd);
// Waits until the other side closes.
void AwaitClose(int fd);

}  // namespace ipfs_peer_exporter
