#include "exporter/poll/call_queue.h"

#include <utility>

namespace ipfs_peer_exporter {

void CallQueue::Enter(Kind kind, const void* owner,
                      std::function<void()> call) {
  LaneOf(kind).waiting.push_back({owner, std::move(call)});
  Serve(kind);
}

void CallQueue::Leave(Kind kind) {
  --LaneOf(kind).under_way;
  Serve(kind);
}

void CallQueue::DropWaiting() {
  for (auto& lane : lanes_) lane.waiting.clear();
}

void CallQueue::Drop(const void* owner) {
  for (auto& lane : lanes_) {
    std::erase_if(lane.waiting, [owner](const Waiting& waiting) {
      return waiting.owner == owner;
    });
  }
}

// A call may end and enter another before `call()` returns. The outermost loop
// makes the new call too, so that the stack does not grow with the queue.
void CallQueue::Serve(Kind kind) {
  auto& lane = LaneOf(kind);
  if (lane.serving) return;
  lane.serving = true;
  while (lane.under_way < kSlots[static_cast<std::size_t>(kind)] &&
         !lane.waiting.empty()) {
    const auto call = std::move(lane.waiting.front().call);
    lane.waiting.pop_front();
    ++lane.under_way;
    call();
  }
  lane.serving = false;
}

}  // namespace ipfs_peer_exporter
