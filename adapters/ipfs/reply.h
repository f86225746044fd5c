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

// Largest reply accepted, in bytes: for a document, for a reply read element by
// element and for a reply of lines.
inline constexpr std::size_t kMaxDocument = 1024 * 1024;
inline constexpr std::size_t kMaxStream = 256 * 1024 * 1024;
inline constexpr std::size_t kMaxText = 2 * 1024 * 1024;

// The result of one request.
struct Outcome {
  enum class State { kOk, kUnsupported, kFailed };
  State state;
  std::optional<Error> error;  // set if kFailed
};

inline Outcome Failed(Error error) {
  return {Outcome::State::kFailed, std::move(error)};
}

// Reads the reply to one request as its bytes arrive, and classifies it as ok,
// unsupported or failed (go-ipfs-cmds http/handler.go and responseemitter.go).
class ReplyReader {
 public:
  // `request` and `daemon` must outlive the reader.
  ReplyReader(const Request& request, DaemonState& daemon);

  // Not copyable, because its members point to it.
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Largest body accepted.
  std::size_t max_bytes() const;

  // Takes the next piece of the body of a reply with HTTP status `status`. On
  // an error, the caller ends the transfer.
  Status Feed(int status, std::string_view bytes);

  // Completes the reply and translates it. `stream_error` is the trailer
  // X-Stream-Error, in which the daemon reports an error after sending a 200.
  Outcome Finish(int status, std::string_view stream_error);

  // The translated reply and the text to relay, complete once Finish is ok.
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
