#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "adapters/json_scanner.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Splits a JSON text that arrives in pieces into elements, so that a reply that
// grows with the node is never held whole. An element is a value directly in an
// array at nesting level `depth`:
//
//   depth 0   a value of a stream: {…}\n{…}\n
//   depth 2   {"Peers":[ {…}, {…} ]}
//
// The text around the elements is kept as a separate document, the envelope, in
// which the number of elements replaces the elements of each array: after
// Finish(), the envelope of the second example is {"Peers":[2]}. An empty array
// stays [].
//
// The splitter checks structure only. The caller parses the elements and the
// envelope, which detects other invalid JSON.
class JsonSplitter {
 public:
  static constexpr std::size_t kMaxElement = 64 * 1024;   // bytes
  static constexpr std::size_t kMaxEnvelope = 64 * 1024;  // bytes

  // May change the element, to parse it in place. Feed() or Finish() returns
  // its error.
  using OnElement = std::function<Status(std::string& element)>;

  // Receives the beginning of a list or object as soon as it is over
  // kMaxElement: up to the last bracket within the limit, then the missing
  // closing brackets. May change it. If it returns true, the rest is ignored
  // and the element counts; if false, Feed() returns kTooLarge.
  using OnBeginning = std::function<bool(std::string& beginning)>;

  JsonSplitter(int depth, OnElement on_element,
               OnBeginning on_beginning = nullptr);

  // Errors: kParse, kTooLarge and the errors of `on_element`.
  Status Feed(std::string_view bytes);
  // Must be called at the end of the input; fails if a value is incomplete.
  Status Finish();

  // Complete after Finish(). The caller may change it, to parse it in place.
  std::string& envelope() { return envelope_; }

 private:
  enum class Expect { kValueOrEnd, kValue, kSeparator };

  Status TakeInElement(char c);
  Status TakeBetween(char c);
  void TakeSpace();
  Status TakeInEnvelope(char c);
  Status TakeBracket(char c, std::size_t limit);
  // Whether the next byte is before, between or after elements of an array.
  bool AtElements() const;
  Status Keep(std::string_view bytes);
  Status EndElement();

  const std::size_t depth_;
  const OnElement on_element_;
  const OnBeginning on_beginning_;

  std::string envelope_;
  std::string element_;    // the current element so far
  std::size_t whole_ = 0;  // its size up to its last bracket, inclusive
  std::string open_;       // the open brackets, outermost first
  std::size_t count_ = 0;  // elements of the current array so far
  Expect expect_ = Expect::kValueOrEnd;
  bool in_element_ = false;
  bool too_large_ = false;  // the current element; the rest is ignored
  JsonScanner scanner_;
};

}  // namespace ipfs_peer_exporter
