#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>

namespace ipfs_peer_exporter {

// Limits how many calls to one daemon are under way at once; the others wait,
// first come, first served. libcurl's own limit on connections is not used,
// because a transfer's timeout runs while the transfer waits inside libcurl.
// Not thread-safe.
class CallQueue {
 public:
  // A long call makes the daemon walk all that it stores. Long calls share one
  // slot of their own, so that they do not hold up ordinary ones.
  enum class Kind { kOrdinary, kLong };
  static constexpr std::array kSlots = {4, 1};  // by kind

  // Makes `call` when a slot of its kind is free, which may be at once. The
  // slot is taken until Leave(). `owner` only names the call for Drop().
  void Enter(Kind kind, const void* owner, std::function<void()> call);

  // Frees the slot of a call that has ended.
  void Leave(Kind kind);

  // Drops all calls that still wait, or the waiting calls of one owner.
  void DropWaiting();
  void Drop(const void* owner);

 private:
  struct Waiting {
    const void* owner;
    std::function<void()> call;
  };
  struct Lane {
    int under_way = 0;
    std::deque<Waiting> waiting;
    bool serving = false;
  };

  void Serve(Kind kind);
  Lane& LaneOf(Kind kind) { return lanes_[static_cast<std::size_t>(kind)]; }

  std::array<Lane, kSlots.size()> lanes_;
};

}  // namespace ipfs_peer_exporter
