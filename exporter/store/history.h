#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// The last 30 minutes of what was served, for the page at /. Every kStep the
// main thread records the current snapshot: a gauge with its value, a counter
// with its increase since the previous step. A step without the series is NaN.
//
// At most kMaxSeries are recorded. If there are more, headlines come first,
// then all other families, then the exporter's own; within each of these a
// large family gives way to the small ones. Not recorded: *_info, buckets of
// histograms, values of a collector's own page, keys over kMaxKey bytes.
class History {
 public:
  static constexpr Duration kStep = std::chrono::seconds(10);
  static constexpr std::size_t kSteps = 180;
  static constexpr std::size_t kMaxSeries = 500;
  static constexpr std::size_t kMaxKey = 176;  // bytes
  static constexpr std::size_t kMaxBytes = 512 << 10;

  // The steps of one series, the oldest first.
  struct Trend {
    bool is_increase = false;  // the values are increases during one step
    std::array<float, kSteps> values;
  };

  // Numbers of the last step.
  struct Coverage {
    std::size_t recorded = 0;
    std::size_t left_out = 0;  // because there were more than kMaxSeries
  };

  // Records the snapshot as the step that `now` is in; replaces an earlier
  // record of that step. Main thread.
  void Record(const Snapshot& snapshot, Clock::time_point now);

  // When the step after the one that `now` is in begins.
  static Clock::time_point NextStep(Clock::time_point now) {
    return Clock::time_point((now.time_since_epoch() / kStep + 1) * kStep);
  }

  // The trend of the series with this key, such as ipfs_up or a{b="c"}; nullopt
  // if it is not recorded. Thread-safe.
  std::optional<Trend> Find(std::string_view key) const;

  // Thread-safe.
  Coverage coverage() const;

 private:
  struct Series {
    std::uint16_t family_size;  // length of the family's name in the key
    bool is_counter;
    bool is_present = false;  // in the last step
    std::uint64_t seen = 0;   // last step with a value
    double before = 0;        // a counter's value at an earlier step
    std::uint64_t before_at = 0;
    double value = 0;  // a counter's last value
    std::array<float, kSteps> ring;
  };
  using Table = std::map<std::string, Series, std::less<>>;
  // The series of one family.
  struct Share {
    std::size_t wanted = 0;
    std::size_t allowed = 0;
    std::size_t kept = 0;
  };
  using Shares = std::map<std::string, Share, std::less<>>;

  // A node of the table, its key and what malloc adds.
  static_assert(kMaxSeries * (sizeof(Table::value_type) + kMaxKey + 80) <=
                kMaxBytes);

  void Advance(std::uint64_t step);
  std::size_t Update(const Snapshot& snapshot, Shares& shares);
  void Set(Series& series, double value);
  void Admit(const Snapshot& snapshot, std::size_t unknown, Shares& shares);
  void DropExcess(Shares& shares);
  static void Divide(Shares& shares);

  mutable std::mutex mutex_;
  std::uint64_t step_ = 0;  // the last one recorded
  std::size_t left_out_ = 0;
  Table table_;
};

}  // namespace ipfs_peer_exporter
