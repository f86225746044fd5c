#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exporter/net/http_call.h"

namespace ipfs_peer_exporter {

// A fake HTTP server: sends the path's reply in `replies` after the reply's
// delay.
class FakeHttp final : public HttpFetcher {
 public:
  struct Reply {
    int status = 200;
    std::string body = {};
    Duration takes = std::chrono::milliseconds(1);
    std::optional<Error> error = {};
  };
  struct Made {
    std::string path;
    Clock::time_point at;
    Credentials credentials;
    bool post;
  };

  explicit FakeHttp(Timers& timers) : timers_(timers) {}

  std::map<std::string, Reply> replies;  // by path; other paths are 404
  std::optional<Reply> to_all;           // overrides `replies`
  std::vector<Made> made;

  CallId Start(HttpCall call) override {
    made.push_back({call.path, timers_.Now(), call.credentials, call.post});
    const auto takes = ReplyTo(call.path).takes;
    const bool too_slow = takes > call.timeout;
    const auto end = timers_.Now() + std::min(takes, call.timeout);
    const CallId id = ++last_id_;
    under_way_[id] = timers_.At(end, [this, id, too_slow, call] {
      under_way_.erase(id);
      End(call, too_slow ? TooSlow() : ReplyTo(call.path));
    });
    most_at_once_ = std::max(most_at_once_, under_way_.size());
    return id;
  }

  void Cancel(CallId call) override {
    const auto node = under_way_.extract(call);
    if (node) timers_.Cancel(node.mapped());
  }

  // The number of requests for `path`.
  std::size_t Count(const std::string& path) const {
    return static_cast<std::size_t>(
        std::count_if(made.begin(), made.end(),
                      [&](const Made& one) { return one.path == path; }));
  }

  // The times of the requests for `path`, in order.
  std::vector<Clock::time_point> Times(const std::string& path) const {
    std::vector<Clock::time_point> times;
    for (const auto& one : made) {
      if (one.path == path) times.push_back(one.at);
    }
    return times;
  }

  std::size_t under_way() const { return under_way_.size(); }
  std::size_t most_at_once() const { return most_at_once_; }

 private:
  Reply ReplyTo(const std::string& path) const {
    if (to_all) return *to_all;
    const auto found = replies.find(path);
    return found == replies.end() ? Reply{.status = 404} : found->second;
  }

  static Reply TooSlow() {
    return {.status = 0, .error = Error{Reason::kTimeout, "too slow"}};
  }

  static void End(const HttpCall& call, const Reply& reply) {
    HttpResult result{.status = reply.status, .stream_error = "", .error = {}};
    result.error = reply.error;
    if (!reply.error && !reply.body.empty()) {
      const auto status = call.on_body(reply.status, reply.body);
      if (!status) result.error = status.error();
    }
    call.done(result);
  }

  Timers& timers_;
  CallId last_id_ = 0;
  std::map<CallId, Timers::TimerId> under_way_;
  std::size_t most_at_once_ = 0;
};

// The result of a refused connection, as from a server that is down.
inline FakeHttp::Reply Refused() {
  return {.status = 0, .error = Error{Reason::kConnect, "refused"}};
}

}  // namespace ipfs_peer_exporter
