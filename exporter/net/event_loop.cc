#include "exporter/net/event_loop.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

namespace ipfs_peer_exporter {
namespace {

// Enough idle connections for one to the daemon and one to each of a few peers.
constexpr long kMaxIdleConnections = 8;

static_assert(EventLoop::kReadable == CURL_WAIT_POLLIN &&
              EventLoop::kWritable == CURL_WAIT_POLLOUT);

}  // namespace

EventLoop::EventLoop() : multi_(curl_multi_init()) {
  if (multi_ == nullptr) std::abort();  // out of memory
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kMaxIdleConnections);
}

EventLoop::~EventLoop() { curl_multi_cleanup(multi_); }

EventLoop::TimerId EventLoop::At(Clock::time_point when,
                                 std::function<void()> callback) {
  const TimerId id = next_timer_++;
  timers_.emplace(std::pair(when, id), std::move(callback));
  timer_times_.emplace(id, when);
  return id;
}

void EventLoop::Cancel(TimerId timer) {
  const auto found = timer_times_.find(timer);
  if (found == timer_times_.end()) return;
  timers_.erase({found->second, timer});
  timer_times_.erase(found);
}

void EventLoop::Watch(int fd, short events, std::function<void()> callback) {
  watched_[fd] = {events, next_token_++, std::move(callback)};
}

void EventLoop::Unwatch(int fd) { watched_.erase(fd); }

void EventLoop::Add(void* transfer, std::function<void(int)> done) {
  transfers_[transfer] = std::move(done);
  if (curl_multi_add_handle(multi_, transfer) != CURLM_OK) std::abort();
}

void EventLoop::Remove(void* transfer) {
  curl_multi_remove_handle(multi_, transfer);
  transfers_.erase(transfer);
}

void EventLoop::Run() {
  while (!stopped_) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    FinishTransfers();
    RunTimers();
    if (!stopped_) Wait();
  }
}

void EventLoop::FinishTransfers() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto found = transfers_.find(message->easy_handle);
    if (found == transfers_.end()) continue;
    // The callback may remove the transfer, and with it this entry.
    const auto done = std::move(found->second);
    done(code);
  }
}

void EventLoop::RunTimers() {
  const auto now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const auto first = timers_.begin();
    const auto callback = std::move(first->second);
    timer_times_.erase(first->first.second);
    timers_.erase(first);
    callback();
  }
}

void EventLoop::Wait() {
  using std::chrono::milliseconds;
  milliseconds timeout = std::chrono::minutes(1);
  if (!timers_.empty()) {
    // Rounded up: a timer that is not quite due would make the loop spin.
    const auto left = timers_.begin()->first.first - Clock::now();
    timeout = std::clamp(std::chrono::ceil<milliseconds>(left), milliseconds(0),
                         timeout);
  }
  std::vector<curl_waitfd> fds;
  std::vector<std::uint64_t> tokens;
  for (const auto& [fd, watched] : watched_) {
    fds.push_back({fd, watched.events, 0});
    tokens.push_back(watched.token);
  }
  curl_multi_poll(multi_, fds.data(), static_cast<unsigned>(fds.size()),
                  static_cast<int>(timeout.count()), nullptr);
  for (std::size_t i = 0; i < fds.size(); ++i) {
    if (fds[i].revents == 0) continue;
    // An earlier callback may have closed this descriptor, and its number may
    // be in use again.
    const auto found = watched_.find(fds[i].fd);
    if (found == watched_.end() || found->second.token != tokens[i]) continue;
    const auto callback = found->second.callback;  // it may unwatch itself
    callback();
  }
}

}  // namespace ipfs_peer_exporter
