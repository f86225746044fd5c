// Numbers in texts of others.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

// All of `text`: decimal, inf or nan in any case, no plus before it. What a
// double cannot hold is 0 or infinite. Linear in the length.
std::optional<double> ReadNumber(std::string_view text);

// The same as programs print it: also with a plus, and 1.#INF, 1.#QNAN and
// their like of Microsoft's C library, which are NaN here.
std::optional<double> ReadPrintedNumber(std::string_view text);

// The shortest text that is read as `number` again.
template <typename T>
std::string ToText(T number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr};
}

// The same as the text format has it: NaN, +Inf, and whole numbers without
// exponent below 2^53.
void AppendNumber(std::string& out, double value);

}  // namespace ipfs_peer_exporter
