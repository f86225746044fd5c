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

// Rules that select the metrics in a JSON document that was not written for
// this exporter. All pointers (RFC 6901) are relative to the document or,
// within a loop, to the current element; the index -1 selects the last element
// of an array.

struct MappedLabel {
  std::string name;
  std::string text;                        // fixed value, without `path`
  std::optional<rapidjson::Pointer> path;  // to the value

  bool operator==(const MappedLabel&) const = default;
};

struct MappedMetric {
  enum class Kind {
    kNumber,     // `path` is a number, a boolean or a decimal string
    kInfo,       // 1 if there is a value at `path`
    kHistogram,  // `path` is an object with `buckets`, `sum` and `count`
  };

  std::string where;    // position in the mapping file: "FILE:3:5"
  std::string pattern;  // the paths of its loops and `path`: /workers/*/id
  Kind kind = Kind::kNumber;
  rapidjson::Pointer path;
  Sample sample;     // name, type and help
  double scale = 1;  // factor of a number, or of a histogram's bounds and sum
  std::map<std::string, double, std::less<>> values;  // numbers by text
  std::optional<double> other;  // of texts not in `values`
  std::vector<MappedLabel> labels;
  rapidjson::Pointer buckets{"/buckets"};  // as in JSON that describes itself
  rapidjson::Pointer sum{"/sum"};
  rapidjson::Pointer count{"/count"};

  // Whether both select the same values and name them alike.
  bool operator==(const MappedMetric& that) const;
};

struct MappedLoop;

struct MappedRules {
  std::vector<std::size_t> metrics;  // indexes into Mapping::metrics
  std::vector<MappedLoop> loops;

  bool operator==(const MappedRules& other) const;
};

// Rules for each element of an array or member of an object.
struct MappedLoop {
  // Skips elements with one of the texts at `path`, or as key or index.
  struct Drop {
    std::optional<rapidjson::Pointer> path;  // without: key or index
    std::vector<std::string> texts;

    bool operator==(const Drop&) const = default;
  };

  rapidjson::Pointer each;  // the array or object
  std::string key;  // label that holds the key or index; no label if empty
  std::vector<MappedLabel> labels;
  std::vector<Drop> drops;
  MappedRules rules;

  bool operator==(const MappedLoop&) const = default;
};

struct Mapping {
  std::vector<MappedMetric> metrics;  // in the order of the file
  MappedRules rules;

  bool operator==(const Mapping&) const = default;
};

// The values in a document that one metric of a mapping selects.
struct MappedCount {
  std::size_t found = 0;  // values at its path
  std::size_t kept = 0;   // how many of them are served
};

// Adds the samples and returns the counts in the order of Mapping::metrics.
// Changes `bytes`. An error means that `bytes` could not be parsed.
Result<std::vector<MappedCount>> TranslateMapped(std::string& bytes,
                                                 const Mapping& mapping,
                                                 Samples& samples);

// One line of text: how many values of a metric are served, or that there are
// none at its path.
std::string Explain(const MappedMetric& metric, const MappedCount& count);

}  // namespace ipfs_peer_exporter::peer
