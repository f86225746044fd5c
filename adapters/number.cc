#include "adapters/number.h"

#include <charconv>
#include <cmath>
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
  // from_chars() does not say at which end it left the range, strtod() does.
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

}  // namespace ipfs_peer_exporter
