#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/families.h"
#include "adapters/ipfs/request.h"
#include "adapters/json_member_filter.h"
#include "adapters/json_splitter.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::ipfs {

inline constexpr std::size_t kMaxDocument = 1024 * 1024;
inline constexpr std::size_t kMaxStream = 256 * 1024 * 1024;
inline constexpr std::size_t kMaxText = 2 * 1024 * 1024;

// What one request came to.
struct Outcome {
  enum class State { kOk, kUnsupported, kFailed };
  State state;
  std::optional<Error> error;  // with kFailed
};

inline Outcome Failed(Error error) {
  return {Outcome::State::kFailed, std::move(error)};
}

// Reads the reply to one request, as its bytes arrive, and decides what it
// means: an answer, "this daemon does not have that", or a failure
// (go-ipfs-cmds http/handler.go and responseemitter.go).
class ReplyReader {
 public:
  // Both have to outlive the reader.
  ReplyReader(const Request& request, DaemonState& daemon);

  // Its sink and its splitter point into it.
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // How long the body of an answer may be.
  std::size_t max_bytes() const;

  // A piece of the body of a reply with HTTP status `status`. After an error
  // there is no use in reading on.
  Status Feed(int status, std::string_view bytes);

  // The reply is complete. `stream_error` is the trailer X-Stream-Error, with
  // which the daemon reports an error after it sent a 200.
  Outcome Finish(int status, std::string_view stream_error);

  // What an answer was translated to.
  const Families& families() const { return families_; }
  const std::vector<RenderedFamily>& relayed() const { return relayed_; }
  std::vector<RenderedFamily> TakeRelayed() { return std::move(relayed_); }

 private:
  Status FeedLines(std::string_view bytes);
  bool is_lines() const { return request_.depth == Request::kLines; }
  Outcome ReadAnswer();
  Outcome ReadError(int status);
  Outcome ReadElements();
  Outcome ToOutcome(const Status& translated) const;

  const Request& request_;
  Families families_;
  std::vector<RenderedFamily> relayed_;
  Sink sink_;
  std::string body_;
  std::size_t size_ = 0;
  std::unique_ptr<ElementReader> elements_;  // null: the reply is a document
  std::optional<JsonSplitter> splitter_;
  std::optional<JsonMemberFilter> filter_;
};

}  // namespace ipfs_peer_exporter::ipfs
