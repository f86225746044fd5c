#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/result.h"

// Durations and sizes in the syntax of flags.
namespace ipfs_peer_exporter {

using Clock = std::chrono::steady_clock;
using Duration = Clock::duration;

inline double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// The present time.
inline double SecondsSince1970() {
  const std::chrono::duration<double> now =
      std::chrono::system_clock::now().time_since_epoch();
  return now.count();
}

// "200ms", "10s", "1m30s", "2h"; more than zero, at most a day.
Result<Duration> ParseDuration(std::string_view text);

// "4096", "64KiB", "1MiB"; more than zero, at most 256 MiB.
Result<std::size_t> ParseSize(std::string_view text);

// The shortest text that ParseDuration reads as `duration`: "1m30s".
std::string FormatDuration(Duration duration);

}  // namespace ipfs_peer_exporter
