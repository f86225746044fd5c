#include "adapters/result.h"

#include <doctest/doctest.h>

#include <set>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("result: it is a value or an error") {
  const Result<int> value = 7;
  REQUIRE(value.has_value());
  CHECK(*value == 7);
  const Result<int> error = Error{Reason::kParse, "why"};
  REQUIRE_FALSE(error.has_value());
  CHECK(error.error().reason == Reason::kParse);
  CHECK(error.error().message == "why");
}

TEST_CASE("result: each reason has a name of its own") {
  const std::set<std::string_view> names{
      Name(Reason::kConnect),    Name(Reason::kTimeout),
      Name(Reason::kHttpStatus), Name(Reason::kAuth),
      Name(Reason::kTooLarge),   Name(Reason::kParse),
      Name(Reason::kSchema),     Name(Reason::kStream)};
  CHECK(names == std::set<std::string_view>{"connect", "timeout", "http_status",
                                            "auth", "too_large", "parse",
                                            "schema", "stream"});
}

TEST_CASE("result: each reason to skip a sample has a name of its own") {
  const std::set<std::string_view> names{
      Name(SkipReason::kType),        Name(SkipReason::kName),
      Name(SkipReason::kLabel),       Name(SkipReason::kDuplicate),
      Name(SkipReason::kSeriesLimit), Name(SkipReason::kDepth),
      Name(SkipReason::kNonFinite),   Name(SkipReason::kNegativeCounter),
      Name(SkipReason::kEncoding),    Name(SkipReason::kReserved)};
  CHECK(names ==
        std::set<std::string_view>{"type", "name", "label", "duplicate",
                                   "series_limit", "depth", "non_finite",
                                   "negative_counter", "encoding", "reserved"});
}

}  // namespace
}  // namespace ipfs_peer_exporter
