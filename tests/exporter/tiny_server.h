#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace ipfs_peer_exporter {

// A server for one test: accepts connections one after the other, calls `talk`
// with each, and closes it. The destructor waits for `talk`, which must return
// when its connection ends.
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

// A listening Unix socket with a full queue, until Accept is called.
class FullListener {
 public:
  explicit FullListener(const std::string& path);
  ~FullListener();
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  // Accepts the first waiting connection, which makes room for one more.
  int Accept() const;

 private:
  int fd_;
  int waiting_;
};

void SendAll(int fd, std::string_view bytes);
// Reads the header of the next request; empty at the end of the connection.
std::string ReceiveRequest(int fd);
// Waits until the other side closes the connection.
void AwaitClose(int fd);

}  // namespace ipfs_peer_exporter
