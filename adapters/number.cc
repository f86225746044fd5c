#include "adapters/number.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace ipfs_peer_exporter {

std::optional<double> ReadNumber(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc::invalid_argument || read.ptr != end) {
    return std::nullopt;
  }
  // from_chars() does not tell overflow from underflow; strtod() does.
  if (read.ec == std::errc::result_out_of_range) {
    return std::strtod(std::string(text).c_str(), nullptr);
  }
  return number;
}

std::optional<double> ReadPrintedNumber(std::string_view text) {
  if (text.starts_with("+-")) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with("1.#") || text.starts_with("-1.#")) return NAN;
  return ReadNumber(text);
}

namespace {

void AppendNotFinite(std::string& out, double value) {
  out += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

}  // namespace

void AppendNumber(std::string& out, double value) {
  if (!std::isfinite(value)) return AppendNotFinite(out, value);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  char buffer[32];
  // std::to_chars would print 100000 as 1e+05.
  const bool whole = std::fabs(value) < kExact && value == std::trunc(value);
  const auto end = whole ? std::to_chars(buffer, buffer + sizeof buffer,
                                         static_cast<std::int64_t>(value))
                         : std::to_chars(buffer, buffer + sizeof buffer, value);
  out += std::string_view(buffer, end.ptr);
}

void AppendBound(std::string& out, double value) {
  if (!std::isfinite(value)) return AppendNotFinite(out, value);
  constexpr double kExponent = 1e6;  // written from here on, and below 1e-4
  char buffer[32];
  if (std::fabs(value) < kExponent && value == std::trunc(value)) {
    const auto end = std::to_chars(buffer, buffer + sizeof buffer,
                                   static_cast<std::int64_t>(value));
    out.append(std::string_view(buffer, end.ptr)).append(".0");
    return;
  }
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                                 std::chars_format::general);
  out += std::string_view(buffer, end.ptr);
}

}  // namespace ipfs_peer_exporter
