#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "adapters/json_scanner.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Cuts a JSON text that arrives in pieces into its elements, so that a reply
// that grows with the node is never held whole. An element is a value that
// stands directly in an array nested `depth` containers deep:
//
//   depth 0   a value of a stream: {…}\n{…}\n
//   depth 2   {"Peers":[ {…}, {…} ]}
//
// What surrounds the elements is kept and is a document of its own, in which
// their number stands for the elements of each array: after Finish() of the
// second example, envelope() is {"Peers":[2]}; of an empty array it is [].
//
// The splitter looks at structure only; whoever takes an element or the
// envelope parses it, and so finds what is not JSON.
class JsonSplitter {
 public:
  static constexpr std::size_t kMaxElement = 64 * 1024;
  static constexpr std::size_t kMaxEnvelope = 64 * 1024;

  // May change the element, to read it in place. An error ends the splitting.
  using OnElement = std::function<Status(std::string& element)>;

  // Takes the beginning of a list or object that is too large, as soon as it
  // is: up to the last bracket that is not too far, and then the brackets that
  // are missing. May change it. The rest is passed over, and the element
  // counts; false, for who cannot do with that, is an error.
  using OnBeginning = std::function<bool(std::string& beginning)>;

  JsonSplitter(int depth, OnElement on_element,
               OnBeginning on_beginning = nullptr);

  Status Feed(std::string_view bytes);
  // To be called when the input is complete.
  Status Finish();

  std::string& envelope() { return envelope_; }

 private:
  enum class Expect { kValueOrEnd, kValue, kSeparator };

  Status TakeInElement(char c);
  Status TakeBetween(char c);
  void TakeSpace();
  Status TakeInEnvelope(char c);
  Status TakeBracket(char c, std::size_t limit);
  // Whether the next byte is before, between or behind elements of an array.
  bool AtElements() const;
  Status Keep(std::string_view bytes);
  Status EndElement();

  const std::size_t depth_;
  const OnElement on_element_;
  const OnBeginning on_beginning_;

  std::string envelope_;
  std::string element_;    // what has arrived of the element at hand
  std::size_t whole_ = 0;  // up to and with its last bracket
  std::string open_;       // the brackets that are open, outermost first
  std::size_t count_ = 0;  // of the elements of the array at hand
  Expect expect_ = Expect::kValueOrEnd;
  bool in_element_ = false;
  bool too_large_ = false;  // the element, whose beginning was taken
  JsonScanner scanner_;
};

}  // namespace ipfs_peer_exporter
