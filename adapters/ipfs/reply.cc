#include "adapters/ipfs/reply.h"

#include <algorithm>
#include <utility>

#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr std::size_t kMaxErrorBody = 64 * 1024;
constexpr std::size_t kMaxErrorText = 1024;

const Outcome kOk{Outcome::State::kOk, {}};
const Outcome kUnsupported{Outcome::State::kUnsupported, {}};

// Errors of calls that need the network, with `ipfs daemon --offline`.
constexpr std::string_view kOffline[] = {
    "this command must be run in online mode",
    "this action must be run in online mode",  // swarm/*
};

// Whether an error message of the daemon, from a JSON error or the trailer of a
// 200, means that the feature behind the request is disabled or missing.
bool SaysUnsupported(const Request& request, std::string_view message) {
  const auto says = [&](std::string_view text) {
    return message.find(text) != std::string_view::npos;
  };
  return std::ranges::any_of(kOffline, says) ||
         std::ranges::any_of(request.unsupported, says);
}

Error TooLarge(std::size_t limit) {
  return {Reason::kTooLarge,
          "the reply is over " + std::to_string(limit) + " bytes"};
}

// The first kMaxErrorText bytes of `text`, cut between characters.
std::string Shortened(std::string_view text) {
  const auto is_within_character = [&](std::size_t at) {
    return at > 0 && at < text.size() && (text[at] & '\xC0') == '\x80';
  };
  auto size = kMaxErrorText;
  while (is_within_character(size)) --size;
  return std::string(text.substr(0, size));
}

}  // namespace

ReplyReader::ReplyReader(const Request& request, DaemonState& daemon)
    : request_(request), sink_{families_, relayed_, daemon} {
  if (!request.leave_out.empty()) filter_.emplace(request.leave_out);
  if (request.elements == nullptr) return;
  elements_ = request.elements(daemon);
  if (is_lines()) return;
  splitter_.emplace(
      request.depth,
      [this](std::string& element) { return elements_->Element(element); },
      [this](std::string& element) { return elements_->Beginning(element); });
}

std::size_t ReplyReader::max_bytes() const {
  if (is_lines()) return kMaxText;
  return elements_ != nullptr || filter_ ? kMaxStream : kMaxDocument;
}

Status ReplyReader::Feed(int status, std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > max_bytes()) return TooLarge(max_bytes());
  if (status == 200 && is_lines()) return FeedLines(bytes);
  if (status == 200 && elements_ != nullptr) return splitter_->Feed(bytes);
  if (status == 200 && filter_) {
    filter_->Feed(bytes, body_);
    return body_.size() > kMaxDocument ? TooLarge(kMaxDocument) : Ok();
  }
  // Errors of the daemon are short JSON. Only the beginning of a longer body is
  // kept.
  if (status != 200) bytes = bytes.substr(0, kMaxErrorBody - body_.size());
  body_ += bytes;
  return Ok();
}

Status ReplyReader::FeedLines(std::string_view bytes) {
  for (;;) {
    const auto end = bytes.find('\n');
    body_ += bytes.substr(0, end);
    if (body_.size() > JsonSplitter::kMaxElement) {
      return Error{Reason::kTooLarge, "a line is over 64 KiB"};
    }
    if (end == std::string_view::npos) return Ok();
    if (auto status = elements_->Element(body_); !status) return status;
    body_.clear();
    bytes.remove_prefix(end + 1);
  }
}

Outcome ReplyReader::Finish(int status, std::string_view stream_error) {
  if (status != 200) return ReadError(status);
  if (!stream_error.empty()) {
    if (SaysUnsupported(request_, stream_error)) return kUnsupported;
    return Failed({Reason::kStream, std::string(stream_error)});
  }
  // An empty stream is a valid reply without elements. For other calls, an
  // empty reply means that the command has no output or panicked
  // (swarm/peering/ls with --offline before Kubo 0.17).
  const bool is_stream = elements_ != nullptr && request_.depth == 0;
  if (size_ == 0 && !is_stream) return kUnsupported;
  return elements_ != nullptr ? ReadElements() : ReadAnswer();
}

Outcome ReplyReader::ReadAnswer() {
  const auto document = ParseJson(body_);
  if (!document) return Failed(document.error());
  return ToOutcome(request_.document(*document, sink_));
}

Outcome ReplyReader::ReadElements() {
  if (is_lines()) {
    if (!body_.empty()) {
      return Failed({Reason::kParse, "the last line is incomplete"});
    }
    return ToOutcome(elements_->End({}, sink_));
  }
  auto status = splitter_->Finish();
  if (!status) return Failed(status.error());
  JsonDocument envelope;
  if (request_.depth > 0) {
    auto parsed = ParseJson(splitter_->envelope());
    if (!parsed) return Failed(parsed.error());
    envelope = std::move(*parsed);
  }
  return ToOutcome(elements_->End(envelope, sink_));
}

Outcome ReplyReader::ToOutcome(const Status& translated) const {
  if (!translated) return Failed(translated.error());
  return sink_.unsupported ? kUnsupported : kOk;
}

Outcome ReplyReader::ReadError(int status) {
  if (status == 404) return kUnsupported;
  const std::string http = "HTTP " + std::to_string(status);
  // Kubo answers 403 in plain text to missing, wrong and insufficient
  // credentials; it never answers 401.
  if (status == 401 || status == 403) {
    return Failed({Reason::kAuth, http + ": access denied"});
  }
  const auto error = ParseJson(body_);
  if (!error || Text(Member(*error, "Type")) != "error") {
    return Failed({Reason::kHttpStatus, http});
  }
  const auto message = Text(Member(*error, "Message"));
  if (SaysUnsupported(request_, message)) return kUnsupported;
  if (request_.daemon_error != nullptr && status == 500) {
    request_.daemon_error(message, sink_);
    return kOk;
  }
  return Failed({Reason::kHttpStatus, http + ": " + Shortened(message)});
}

}  // namespace ipfs_peer_exporter::ipfs
