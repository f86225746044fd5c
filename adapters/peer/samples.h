#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "adapters/families.h"
#include "adapters/result.h"

// Translators of what a peer says on its stats socket. A peer is untrusted: a
// bad value is dropped alone and counted, the rest is kept.
namespace ipfs_peer_exporter::peer {

inline constexpr std::size_t kMaxName = 200;
inline constexpr std::size_t kMaxLabelValue = 256;
inline constexpr std::size_t kMaxLabels = 16;
inline constexpr std::size_t kMaxHelp = 1024;
inline constexpr std::size_t kMaxSkippedNames = 10;  // per reason and reply

struct Options {
  std::string name_space = "peer";  // --peer.namespace
  std::string peer;                 // label `peer`; none when empty
  std::size_t max_series = 2000;    // --peer.max-series
  std::size_t max_bytes = 1 << 20;  // of what is printed of one reply
};

// One sample as a format hands it over.
struct Sample {
  std::string name = {};  // without the namespace, or with it
  prometheus::MetricType type = kGauge;
  std::string help = {};
  Labels labels = {};
  double value = 0;
  prometheus::ClientMetric::Histogram histogram = {};  // with kHistogram
  prometheus::ClientMetric::Summary summary = {};      // with kSummary
};

// Checks samples against the rules that hold for every format and collects
// those that pass.
class Samples {
 public:
  explicit Samples(const Options& options) : options_(options) {}

  void Add(Sample sample);
  // Counts values that are dropped; `name` says which, as the peer wrote it.
  void Skip(SkipReason reason, std::string_view name = {},
            std::uint64_t count = 1);

  // A label as a sample may carry it; otherwise skips it under its reason.
  bool AcceptLabel(const prometheus::ClientMetric::Label& label);

  const Families& families() const { return families_; }
  std::size_t series() const { return series_.size(); }
  const std::map<SkipReason, std::uint64_t>& skipped() const {
    return skipped_;
  }
  // The first kMaxSkippedNames distinct names of what was dropped, for a person.
  const std::map<SkipReason, std::vector<std::string>>& skipped_names() const {
    return skipped_names_;
  }

 private:
  bool ClaimName(const std::string& name, prometheus::MetricType type);

  const Options& options_;
  Families families_;
  std::map<SkipReason, std::uint64_t> skipped_;
  std::map<SkipReason, std::vector<std::string>> skipped_names_;
  std::map<std::string, prometheus::MetricType, std::less<>> types_;
  std::unordered_set<std::string> series_;
  std::size_t lines_ = 0;  // printed: histograms and summaries are several
  std::size_t bytes_ = 0;  // about as many as they take
};

// camelCase and whatever else stands in a key or path to snake_case.
std::string SnakeCase(std::string_view text);

// A counter when the name ends in _total, else a gauge.
prometheus::MetricType TypeOfName(std::string_view name);

bool IsName(std::string_view text);  // [a-zA-Z_][a-zA-Z0-9_]*

}  // namespace ipfs_peer_exporter::peer
