#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// Clock and timers of one thread. Abstract, so that tests can replace them.
class Timers {
 public:
  using TimerId = std::uint64_t;  // never reused

  virtual ~Timers() = default;
  virtual Clock::time_point Now() const = 0;
  // Calls `callback` once, when `when` has passed.
  virtual TimerId At(Clock::time_point when,
                     std::function<void()> callback) = 0;
  virtual void Cancel(TimerId timer) = 0;  // ignores an expired one
};

// The main thread's event loop: waits for libcurl transfers, file descriptors
// and timers in one place (curl_multi_poll). Not thread-safe: all calls are
// made on the thread that calls Run(). Callbacks may add and remove anything.
class EventLoop final : public Timers {
 public:
  EventLoop();
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  Clock::time_point Now() const override { return Clock::now(); }
  TimerId At(Clock::time_point when, std::function<void()> callback) override;
  void Cancel(TimerId timer) override;

  // Calls `callback` whenever `fd` is readable or writable, as `events`
  // requires. Replaces an earlier watch of `fd`.
  static constexpr short kReadable = 1;  // CURL_WAIT_POLLIN
  static constexpr short kWritable = 4;  // CURL_WAIT_POLLOUT
  void Watch(int fd, short events, std::function<void()> callback);
  void Unwatch(int fd);

  // Runs `transfer`, a CURL* that the caller owns and passes to Remove() later.
  // `done` is called once, with the CURLcode.
  void Add(void* transfer, std::function<void(int code)> done);
  void Remove(void* transfer);

  void Run();  // returns after Stop()
  void Stop() { stopped_ = true; }

 private:
  struct Watched {
    short events;
    std::uint64_t token;  // tells two watches of the same fd apart
    std::function<void()> callback;
  };

  void FinishTransfers();
  void RunTimers();
  void Wait();

  void* const multi_;  // CURLM*
  bool stopped_ = false;
  TimerId next_timer_ = 1;
  std::uint64_t next_token_ = 1;
  std::map<std::pair<Clock::time_point, TimerId>, std::function<void()>>
      timers_;
  std::map<TimerId, Clock::time_point> timer_times_;
  std::map<int, Watched> watched_;
  std::map<void*, std::function<void(int)>> transfers_;
};

}  // namespace ipfs_peer_exporter
