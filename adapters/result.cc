#include "adapters/result.h"

namespace ipfs_peer_exporter {

std::string_view Name(Reason reason) {
  switch (reason) {
    case Reason::kConnect:
      return "connect";
    case Reason::kTimeout:
      return "timeout";
    case Reason::kHttpStatus:
      return "http_status";
    case Reason::kAuth:
      return "auth";
    case Reason::kTooLarge:
      return "too_large";
    case Reason::kParse:
      return "parse";
    case Reason::kSchema:
      return "schema";
    case Reason::kStream:
      return "stream";
  }
  return "";
}

std::string_view Name(SkipReason reason) {
  switch (reason) {
    case SkipReason::kType:
      return "type";
    case SkipReason::kName:
      return "name";
    case SkipReason::kLabel:
      return "label";
    case SkipReason::kDuplicate:
      return "duplicate";
    case SkipReason::kSeriesLimit:
      return "series_limit";
    case SkipReason::kDepth:
      return "depth";
    case SkipReason::kNonFinite:
      return "non_finite";
    case SkipReason::kNegativeCounter:
      return "negative_counter";
    case SkipReason::kEncoding:
      return "encoding";
    case SkipReason::kReserved:
      return "reserved";
  }
  return "";
}

}  // namespace ipfs_peer_exporter
