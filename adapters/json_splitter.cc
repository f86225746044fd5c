#include "adapters/json_splitter.h"

#include <algorithm>
#include <utility>

#include "adapters/json.h"

namespace ipfs_peer_exporter {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool BeginsValue(char c) {
  return std::string_view("{[\"-0123456789tfn").find(c) !=
         std::string_view::npos;
}

bool IsScalar(char c) {
  return c != '"' && c != '{' && c != '[' && c != '}' && c != ']' && c != ',';
}

bool IsOpening(char c) { return c == '{' || c == '['; }

bool IsBracket(char c) { return IsOpening(c) || c == '}' || c == ']'; }

Error Malformed(const char* what) { return {Reason::kParse, what}; }

}  // namespace

JsonSplitter::JsonSplitter(int depth, OnElement on_element,
                           OnBeginning on_beginning)
    : depth_(static_cast<std::size_t>(depth)),
      on_element_(std::move(on_element)),
      on_beginning_(std::move(on_beginning)) {}

Status JsonSplitter::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (in_element_ && open_.size() > depth_) {
      const auto size = scanner_.TakeToBracket(bytes);
      if (auto kept = Keep(bytes.substr(0, size)); !kept) return kept;
      bytes.remove_prefix(size);
      if (bytes.empty()) break;
    }
    const char c = bytes.front();
    if (auto status = in_element_ ? TakeInElement(c) : TakeBetween(c);
        !status) {
      return status;
    }
    bytes.remove_prefix(1);
  }
  return Ok();
}

Status JsonSplitter::TakeInElement(char c) {
  const bool in_string = scanner_.in_string();
  const bool within = open_.size() > depth_;
  if (!in_string && !within && !element_.empty() && element_.front() != '"' &&
      (IsSpace(c) || !IsScalar(c))) {
    // A number or literal ends at the byte after it.
    if (auto status = EndElement(); !status) return status;
    return TakeBetween(c);
  }
  if (auto kept = Keep({&c, 1}); !kept) return kept;
  scanner_.Take(c);
  if (in_string) return scanner_.in_string() || within ? Ok() : EndElement();
  if (!IsBracket(c)) return Ok();
  if (auto status = TakeBracket(c, depth_ + kMaxJsonDepth); !status) {
    return status;
  }
  whole_ = element_.size();
  return open_.size() == depth_ ? EndElement() : Ok();
}

// Fails if more than `limit` brackets would be open.
Status JsonSplitter::TakeBracket(char c, std::size_t limit) {
  if (IsOpening(c)) {
    if (open_.size() >= limit) return Malformed("nested too deep");
    open_ += c;
    return Ok();
  }
  if (open_.empty() || open_.back() != (c == '}' ? '{' : '[')) {
    return Malformed("brackets do not match");
  }
  open_.pop_back();
  return Ok();
}

Status JsonSplitter::Keep(std::string_view bytes) {
  if (too_large_) return Ok();
  element_ += bytes;
  if (element_.size() <= kMaxElement) return Ok();
  too_large_ = true;
  element_.resize(whole_);
  for (auto i = open_.size(); i > depth_; --i) {
    element_ += open_[i - 1] == '{' ? '}' : ']';
  }
  if (whole_ > 0 && on_beginning_ && on_beginning_(element_)) return Ok();
  return Error{Reason::kTooLarge, "an element is over 64 KiB"};
}

Status JsonSplitter::EndElement() {
  in_element_ = false;
  ++count_;
  expect_ = Expect::kSeparator;
  auto status = too_large_ ? Ok() : on_element_(element_);
  too_large_ = false;
  element_.clear();
  whole_ = 0;
  return status;
}

bool JsonSplitter::AtElements() const {
  return !scanner_.in_string() && open_.size() == depth_ &&
         (depth_ == 0 || open_.back() == '[');
}

Status JsonSplitter::TakeBetween(char c) {
  if (!scanner_.in_string() && IsSpace(c)) {
    TakeSpace();
    return Ok();
  }
  if (!AtElements() || c == ']' || c == '}') return TakeInEnvelope(c);
  if (c == ',' && depth_ > 0) {
    if (expect_ != Expect::kSeparator) return Malformed("misplaced comma");
    expect_ = Expect::kValue;
    return Ok();
  }
  // Values of a stream need no white space between them: {…}{…}.
  if (expect_ == Expect::kSeparator && depth_ > 0) {
    return Malformed("no comma between elements");
  }
  in_element_ = true;
  return TakeInElement(c);
}

void JsonSplitter::TakeSpace() {
  if (depth_ == 0 && expect_ == Expect::kSeparator) {
    expect_ = Expect::kValueOrEnd;
  }
  // One blank is kept, because it may separate two tokens.
  const char last = envelope_.empty() ? ' ' : envelope_.back();
  if (!AtElements() && last != ' ' && last != ']' && last != '}') {
    envelope_ += ' ';
  }
}

Status JsonSplitter::TakeInEnvelope(char c) {
  if (envelope_.empty() && !BeginsValue(c)) return Malformed("not JSON");
  const bool at_elements = AtElements();  // after the last element
  if (at_elements && c == ']') {
    if (count_ > 0) envelope_ += std::to_string(count_);
    count_ = 0;
  }
  envelope_ += c;
  if (envelope_.size() > kMaxEnvelope) {
    return Error{Reason::kTooLarge,
                 "more than 64 KiB around the elements of the reply"};
  }
  const bool in_string = scanner_.in_string();
  scanner_.Take(c);
  if (in_string || !IsBracket(c)) return Ok();
  if (at_elements && expect_ == Expect::kValue) {
    return Malformed("misplaced comma");
  }
  if (IsOpening(c)) expect_ = Expect::kValueOrEnd;
  return TakeBracket(c, kMaxJsonDepth);
}

Status JsonSplitter::Finish() {
  if (in_element_ && depth_ == 0 && open_.empty() && !scanner_.in_string()) {
    if (auto status = EndElement(); !status) return status;
  }
  if (in_element_ || scanner_.in_string() || !open_.empty()) {
    return Malformed("the JSON is incomplete");
  }
  return Ok();
}

}  // namespace ipfs_peer_exporter
