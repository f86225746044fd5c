#pragma once

#include <string>
#include <string_view>

// Numbers as a person reads them.
namespace ipfs_peer_exporter {

enum class Unit { kNone, kBytes, kSeconds, kTimestamp, kRatio };

// The unit that the name of a metric ends in, such as x_bytes or
// x_seconds_total.
Unit UnitOf(std::string_view name);

// "1.21 GiB", "230 ms", "93.5 %", "12,345", "1.23 M". A timestamp becomes
// "5m ago" or "in 5m"; `now` is in seconds since 1970.
std::string Readable(double value, Unit unit, double now);

// As Readable, per second: "1.21 MiB/s".
std::string ReadableRate(double value, Unit unit);

// "850 ms", "12 s", "3m 20s", "2h 5m", "4d 3h".
std::string ReadableSpan(double seconds);

// The time between `then` and `now`, at least 0: "12 s".
std::string Age(double then, double now);

// "2026-11-25 08:41:49 UTC".
std::string DateOf(double seconds);

}  // namespace ipfs_peer_exporter
