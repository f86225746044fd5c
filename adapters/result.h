#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace ipfs_peer_exporter {

// Why a poll of a neighbour failed: label `reason` of
// ipfs_peer_exporter_collector_errors_total. A closed set.
enum class Reason {
  kConnect,     // no connection, or lost before the first byte of a reply
  kTimeout,     // the deadline of the whole exchange passed
  kHttpStatus,  // an HTTP status that is neither success nor "unsupported"
  kAuth,        // 401 or 403; permission refused on a socket
  kTooLarge,    // the reply or one of its elements is over its limit
  kParse,       // not the format that was expected
  kSchema,      // well-formed, but not a reply of this call
  kStream,      // stream broken off, or error after its first value
};

// The value of the label.
std::string_view Name(Reason reason);

// Why one sample of a peer was dropped: label `reason` of
// ipfs_peer_exporter_skipped_samples_total, described in docs/stats-socket.md.
// A closed set.
enum class SkipReason {
  kType,
  kName,
  kLabel,
  kDuplicate,
  kSeriesLimit,
  kDepth,
  kNonFinite,
  kNegativeCounter,
  kEncoding,
  kReserved,
};

// The value of the label.
std::string_view Name(SkipReason reason);

struct Error {
  Reason reason;
  std::string message;  // one line, for a person
};

// A value or an Error. Member names as in std::expected, which g++ 12 lacks.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<std::monostate>;
inline Status Ok() { return std::monostate{}; }

}  // namespace ipfs_peer_exporter
