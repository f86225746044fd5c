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

bool IsBracket(char c) { return c == '{' || c == '}' || c == '[' || c == ']'; }

Error Malformed(const char* what) { return {Reason::kParse, what}; }

}  // namespace

JsonSplitter::JsonSplitter(int depth, OnElement on_element,
                           OnBeginning on_beginning)
    : depth_(depth),
      on_element_(std::move(on_element)),
      on_beginning_(std::move(on_beginning)) {}

Status JsonSplitter::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (in_element_ && static_cast<int>(open_.size()) > depth_) {
      const auto size = Skim(bytes);
      if (auto kept = Keep(bytes.substr(0, size)); !kept) return kept;
      bytes.remove_prefix(size);
      if (bytes.empty()) break;
    }
    if (auto status = Take(bytes.front()); !status) return status;
    bytes.remove_prefix(1);
  }
  return Ok();
}

// The bytes, within an object or array of an element, before one that opens or
// closes another or it: nearly all of a reply.
std::size_t JsonSplitter::Skim(std::string_view bytes) {
  std::size_t at = 0;
  std::size_t quote = 0;  // the first from `at` on, once it was looked for
  while (at < bytes.size()) {
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_) {
      if (quote <= at) quote = std::min(bytes.find('"', at), bytes.size());
      at += std::min(bytes.substr(at, quote - at).find('\\'), quote - at);
      if (at == bytes.size()) break;
      escaped_ = bytes[at] == '\\';
      in_string_ = escaped_;
    } else if (IsBracket(bytes[at])) {
      break;
    } else {
      in_string_ = bytes[at] == '"';
    }
    ++at;
  }
  return at;
}

Status JsonSplitter::Take(char c) {
  return in_element_ ? TakeInElement(c) : TakeBetween(c);
}

Status JsonSplitter::TakeInElement(char c) {
  const auto inner = static_cast<int>(open_.size()) - depth_;
  if (!in_string_ && inner == 0 && !element_.empty() &&
      element_.front() != '"' && (IsSpace(c) || !IsScalar(c))) {
    // A number or literal has no end of its own: what follows ends it.
    if (auto status = EndElement(); !status) return status;
    return TakeBetween(c);
  }
  if (auto kept = Keep({&c, 1}); !kept) return kept;
  if (in_string_) {
    TakeInString(c);
    return in_string_ || inner > 0 ? Ok() : EndElement();
  }
  if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    if (inner >= kMaxJsonDepth) return Malformed("nested too deep");
    open_ += c;
    whole_ = element_.size();
  } else if (c == '}' || c == ']') {
    if (open_.back() != (c == '}' ? '{' : '[')) {
      return Malformed("brackets do not match");
    }
    open_.pop_back();
    whole_ = element_.size();
    if (inner == 1) return EndElement();
  }
  return Ok();
}

Status JsonSplitter::Keep(std::string_view bytes) {
  if (too_large_) return Ok();
  element_ += bytes;
  if (element_.size() <= kMaxElement) return Ok();
  too_large_ = true;
  element_.resize(whole_);
  for (auto i = open_.size(); i > static_cast<std::size_t>(depth_); --i) {
    element_ += open_[i - 1] == '{' ? '}' : ']';
  }
  if (whole_ > 0 && on_beginning_ && on_beginning_(element_)) return Ok();
  return Error{Reason::kTooLarge, "an element is over 64 KiB"};
}

void JsonSplitter::TakeInString(char c) {
  in_string_ = escaped_ || c != '"';
  escaped_ = !escaped_ && c == '\\';
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

Status JsonSplitter::TakeBetween(char c) {
  const bool space = !in_string_ && IsSpace(c);
  if (space && depth_ == 0 && expect_ == Expect::kSeparator) {
    expect_ = Expect::kValueOrEnd;
  }
  const bool at_elements = !in_string_ &&
                           static_cast<int>(open_.size()) == depth_ &&
                           (depth_ == 0 || open_.back() == '[');
  if (space) {
    // Kept, but not at length: it may part two tokens.
    const char last = envelope_.empty() ? ' ' : envelope_.back();
    if (!at_elements && last != ' ' && last != ']' && last != '}') {
      envelope_ += ' ';
    }
    return Ok();
  }

  if (at_elements && c != ']' && c != '}') {
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

  if (envelope_.empty() && !BeginsValue(c)) return Malformed("not JSON");
  if (at_elements && c == ']') {
    if (count_ > 0) envelope_ += std::to_string(count_);
    count_ = 0;
  }
  envelope_ += c;
  if (envelope_.size() > kMaxEnvelope) {
    return Error{Reason::kTooLarge,
                 "more than 64 KiB around the elements of the reply"};
  }
  if (in_string_) {
    TakeInString(c);
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    if (open_.size() >= static_cast<std::size_t>(kMaxJsonDepth)) {
      return Malformed("nested too deep");
    }
    open_ += c;
    expect_ = Expect::kValueOrEnd;
  } else if (c == '}' || c == ']') {
    if (open_.empty() || open_.back() != (c == '}' ? '{' : '[')) {
      return Malformed("brackets do not match");
    }
    if (at_elements && expect_ == Expect::kValue) {
      return Malformed("misplaced comma");
    }
    open_.pop_back();
  }
  return Ok();
}

Status JsonSplitter::Finish() {
  if (in_element_ && depth_ == 0 && open_.empty() && !in_string_) {
    if (auto status = EndElement(); !status) return status;
  }
  if (in_element_ || in_string_ || !open_.empty()) {
    return Malformed("the JSON ends in the middle");
  }
  return Ok();
}

}  // namespace ipfs_peer_exporter
