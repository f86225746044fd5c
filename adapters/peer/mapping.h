#pragma once

#include <rapidjson/pointer.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// What a JSON document means that was not made for us: rules that say which of
// its values are metrics. All pointers (RFC 6901) are relative to the document
// or, within a loop, to the element that it is at; the index -1 is the last
// element of an array.

struct MappedLabel {
  std::string name;
  std::string text;                        // the same for all, unless
  std::optional<rapidjson::Pointer> path;  // it is what stands there
};

struct MappedMetric {
  enum class Kind {
    kNumber,     // `path` is a number, a boolean or a decimal string
    kInfo,       // 1, if there is something at `path`
    kHistogram,  // `path` is an object with `buckets`, `sum` and `count`
  };

  std::string where;    // "FILE:3:5"
  std::string pattern;  // `path` behind those of its loops: /workers/*/id
  Kind kind = Kind::kNumber;
  rapidjson::Pointer path;
  Sample sample;     // name, type and help
  double scale = 1;  // of a number, of the bounds and the sum of a histogram
  std::map<std::string, double, std::less<>> values;  // of texts
  std::optional<double> other;                        // of texts not in it
  std::vector<MappedLabel> labels;
  rapidjson::Pointer buckets{"/buckets"};  // as in JSON that describes itself
  rapidjson::Pointer sum{"/sum"};
  rapidjson::Pointer count{"/count"};
};

struct MappedLoop;

struct MappedRules {
  std::vector<std::size_t> metrics;  // of Mapping::metrics
  std::vector<MappedLoop> loops;
};

// For each element of an array or member of an object.
struct MappedLoop {
  // Elements to pass over: those with one of the texts at `path`, or for key.
  struct Drop {
    std::optional<rapidjson::Pointer> path;  // none: the key or index
    std::vector<std::string> texts;
  };

  rapidjson::Pointer each;
  std::string key;  // label that holds the key or index; none when empty
  std::vector<MappedLabel> labels;
  std::vector<Drop> drops;
  MappedRules rules;
};

struct Mapping {
  std::vector<MappedMetric> metrics;  // in the order of the file
  MappedRules rules;
};

// What one metric of a mapping was found in a document.
struct MappedCount {
  std::size_t found = 0;  // values at its path
  std::size_t kept = 0;   // those of them that are served
};

// The counts stand in the order of Mapping::metrics. Changes `bytes`. An error
// means that they are no JSON.
Result<std::vector<MappedCount>> TranslateMapped(std::string& bytes,
                                                 const Mapping& mapping,
                                                 Samples& samples);

// One line for a person: what a metric was found, or why it was not.
std::string Explain(const MappedMetric& metric, const MappedCount& count);

}  // namespace ipfs_peer_exporter::peer
