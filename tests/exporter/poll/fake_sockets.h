#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exporter/net/socket_client.h"

namespace ipfs_peer_exporter {

// A fake stats socket: each client receives the reply after its delay.
class FakeSockets final : public SocketFetcher {
 public:
  struct Made {
    std::string request;
    Clock::time_point at;
  };

  explicit FakeSockets(Timers& timers) : timers_(timers) {}

  Result<std::string> reply = std::string();
  Duration takes = std::chrono::milliseconds(1);
  std::vector<Made> made;

  CallId Start(SocketCall call) override {
    made.push_back({call.request, timers_.Now()});
    auto said = reply;
    auto wait = takes;
    if (wait > call.timeout) {
      said = Error{Reason::kTimeout, "too slow"};
      wait = call.timeout;
    }
    const CallId id = ++last_id_;
    under_way_[id] =
        timers_.At(timers_.Now() + wait, [this, id, said, done = call.done] {
          under_way_.erase(id);
          done(said);
        });
    return id;
  }

  void Cancel(CallId call) override {
    const auto node = under_way_.extract(call);
    if (node) timers_.Cancel(node.mapped());
  }

  std::size_t under_way() const { return under_way_.size(); }

 private:
  Timers& timers_;
  CallId last_id_ = 0;
  std::map<CallId, Timers::TimerId> under_way_;
};

}  // namespace ipfs_peer_exporter
