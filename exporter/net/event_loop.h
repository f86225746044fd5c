#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// The main thread's loop: libcurl transfers, file descriptors and timers wait
// in one place (curl_multi_poll). Not thread-safe: everything here is called on
// the thread that calls Run(). Callbacks may add and remove anything.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  using TimerId = std::uint64_t;
  TimerId At(Clock::time_point when, std::function<void()> callback);
  void Cancel(TimerId timer);  // an expired one is no error

  // `callback` runs whenever `fd` is ready for one of `events` (CURL_WAIT_*).
  void Watch(int fd, short events, std::function<void()> callback);
  void Unwatch(int fd);

  // Runs a transfer. `done` is called once; the handle stays with the loop
  // until Remove() and belongs to the caller.
  void Add(CURL* transfer, std::function<void(CURLcode)> done);
  void Remove(CURL* transfer);

  void Run();  // returns after Stop()
  void Stop() { stopped_ = true; }

 private:
  struct Watched {
    short events;
    std::function<void()> callback;
  };

  void FinishTransfers();
  void RunTimers();
  void Wait();

  CURLM* const multi_;
  bool stopped_ = false;
  TimerId next_timer_ = 1;
  std::map<std::pair<Clock::time_point, TimerId>, std::function<void()>>
      timers_;
  std::map<TimerId, Clock::time_point> timer_times_;
  std::map<int, Watched> watched_;
  std::map<CURL*, std::function<void(CURLcode)>> transfers_;
};

}  // namespace ipfs_peer_exporter
