#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>

namespace ipfs_peer_exporter {

// Whose turn it is to ask one daemon. At most so many calls are under way at
// once; the others wait, first come, first served. A queue of our own, because
// libcurl's clock runs while a transfer waits inside libcurl. Not thread-safe.
class CallQueue {
 public:
  // A long call walks all that the daemon has: those share one slot, so that
  // they take none from the others.
  enum class Kind { kOrdinary, kLong };
  static constexpr std::array kSlots = {4, 1};  // by kind

  // Makes `call` when a slot of its kind is free, which may be at once. The
  // slot is taken until Leave().
  void Enter(Kind kind, std::function<void()> call);

  // A call that was made has ended: the next one gets its slot.
  void Leave(Kind kind);

  // Those that wait are never made.
  void DropWaiting();

 private:
  struct Lane {
    int under_way = 0;
    std::deque<std::function<void()>> waiting;
    bool serving = false;
  };

  void Serve(Kind kind);
  Lane& LaneOf(Kind kind) { return lanes_[static_cast<std::size_t>(kind)]; }

  std::array<Lane, kSlots.size()> lanes_;
};

}  // namespace ipfs_peer_exporter
