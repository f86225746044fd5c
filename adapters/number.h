// Conversion of numbers from and to text.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

// Converts all of `text`: a decimal number, inf or nan in any case, without a
// leading plus; nullopt for other text. A number out of the range of a double
// becomes 0 or infinite. Takes linear time.
std::optional<double> ReadNumber(std::string_view text);

// Also accepts a leading plus, and 1.#INF, 1.#QNAN and similar output of
// Microsoft's C library, which all become NaN.
std::optional<double> ReadPrintedNumber(std::string_view text);

// The shortest text that converts back to `number`.
template <typename T>
std::string ToText(T number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

// Appends `value` in the text format: NaN, +Inf, and whole numbers below 2^53
// without an exponent.
void AppendNumber(std::string& out, double value);

// Appends a bucket's bound or a quantile as OpenMetrics requires it and Go
// prints it: 1.0, 1e+06, +Inf. Prometheus compares these labels as text.
void AppendBound(std::string& out, double value);

}  // namespace ipfs_peer_exporter
