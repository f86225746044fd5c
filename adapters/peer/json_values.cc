#include "adapters/peer/json_values.h"

#include <cstdint>

#include "adapters/json.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Value;

// Accepts 3 and 3.0, because some languages write every number as a float.
std::optional<std::uint64_t> ReadCount(const Value& value) {
  if (value.IsUint64()) return value.GetUint64();
  return value.IsDouble() ? Whole(value.GetDouble()) : std::nullopt;
}

// Reads the members of `object`; false if a key is not a number or `read`
// rejects a value.
template <typename T, typename Read>
bool ReadMembers(const Value& object, Read read, std::map<double, T>& values) {
  if (!object.IsObject()) return false;
  for (const auto& member : object.GetObject()) {
    const auto at = ParseBound(Text(member.name));
    const auto value = read(member.value);
    if (!at || !value || !Put(values, *at, *value)) return false;
  }
  return true;
}

// Reads both; false if one is neither a number nor null.
bool ReadSumAndCount(const Value& sum, const Value& count, Distribution& of) {
  of.sum = Number(sum);
  of.count = ReadCount(count);
  return (of.sum || sum.IsNull()) && (of.count || count.IsNull());
}

}  // namespace

std::optional<double> NumberOrBool(const Value& value) {
  if (value.IsBool()) return value.GetBool();
  if (value.IsNumber()) return value.GetDouble();
  return std::nullopt;
}

std::optional<Distribution> ReadHistogram(const Value& buckets,
                                          const Value& sum,
                                          const Value& count) {
  Distribution of;
  if (!ReadMembers(buckets, ReadCount, of.buckets) ||
      !ReadSumAndCount(sum, count, of) || of.IsEmpty()) {
    return std::nullopt;
  }
  return of;
}

std::optional<Distribution> ReadSummary(const Value& quantiles,
                                        const Value& sum, const Value& count) {
  Distribution of;
  if (!ReadMembers(quantiles, Number, of.quantiles) ||
      !ReadSumAndCount(sum, count, of) || of.IsEmpty()) {
    return std::nullopt;
  }
  const bool in_range =
      of.quantiles.empty() ||
      (of.quantiles.begin()->first >= 0 && of.quantiles.rbegin()->first <= 1);
  return in_range ? std::optional(of) : std::nullopt;
}

}  // namespace ipfs_peer_exporter::peer
