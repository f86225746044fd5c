#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/families.h"
#include "adapters/peer/names.h"
#include "adapters/result.h"

// Translators of what a peer says on its stats socket. A peer is untrusted: a
// bad value is dropped alone and counted, the rest is kept.
namespace ipfs_peer_exporter::peer {

inline constexpr std::size_t kMaxLabelValue = 256;
inline constexpr std::size_t kMaxLabels = 16;
inline constexpr std::size_t kMaxHelp = 1024;
inline constexpr std::size_t kMaxSkippedNames = 10;  // per reason and reply

struct Options {
  std::string name_space = "peer";  // --peer.namespace
  std::string peer;                 // label `peer`; none when empty
  std::size_t max_series = 2000;    // --peer.max-series
  std::size_t max_bytes = 1 << 20;  // of what is printed of one reply
  TypeOf type_of_ours = nullptr;    // families whose names are reserved
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
  std::string written = {};       // as the peer names it, where not as `name`
  bool means_non_finite = false;  // NaN and infinities of gauges are meant
  // Of one series the latest is kept. Only single values may have a time; those
  // without one are of now.
  double time = INFINITY;

  const std::string& Written() const {
    return written.empty() ? name : written;
  }
};

// Checks samples against the rules that hold for every format and collects
// those that pass.
class Samples {
 public:
  explicit Samples(Options options) : options_(std::move(options)) {}

  void Add(Sample sample);
  // Counts values that are dropped; `name` says which, as the peer wrote it.
  void Skip(SkipReason reason, std::string_view name = {},
            std::uint64_t count = 1);

  // Mends the name of a label so that a sample may carry it. Otherwise skips it
  // under its reason; `written` is how the peer named it, if not so.
  bool AcceptLabel(prometheus::ClientMetric::Label& label,
                   std::string_view written = {});

  const Families& families() const { return families_; }
  std::size_t series() const { return series_.size(); }
  const std::map<SkipReason, std::uint64_t>& skipped() const {
    return skipped_;
  }
  // The first kMaxSkippedNames distinct names of what was dropped, for a
  // person.
  const std::map<SkipReason, std::vector<std::string>>& skipped_names() const {
    return skipped_names_;
  }

 private:
  struct Claim {
    prometheus::MetricType type;
    std::string written;  // by the peer
  };
  struct Place {
    double time;     // of the sample
    std::size_t at;  // in its family
  };

  std::optional<std::string> AcceptName(const Sample& sample);
  bool AcceptValue(Sample& sample);
  bool AcceptLabels(Sample& sample);
  bool IsNew(const std::string& name, const std::string& series,
             const Sample& sample);
  bool ClaimName(const std::string& name, const Sample& sample);
  bool TakeRoom(const std::string& name, const std::string& series,
                const Sample& sample);
  void Keep(const std::string& name, Sample sample);
  std::optional<prometheus::MetricType> TypeOf(std::string_view name) const;

  Options options_;
  Families families_;
  std::map<SkipReason, std::uint64_t> skipped_;
  std::map<SkipReason, std::vector<std::string>> skipped_names_;
  std::map<std::string, Claim, std::less<>> claims_;  // by name
  std::unordered_map<std::string, Place> series_;
  std::size_t lines_ = 0;  // printed: histograms and summaries are several
  std::size_t bytes_ = 0;  // about as many as they take
};

}  // namespace ipfs_peer_exporter::peer
