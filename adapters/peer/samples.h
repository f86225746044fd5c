#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/families.h"
#include "adapters/peer/names.h"
#include "adapters/result.h"
#include "adapters/text_hash.h"

// Translates the stats of a peer to samples. A peer is untrusted: an invalid
// value is dropped alone and counted; the rest is kept.
namespace ipfs_peer_exporter::peer {

inline constexpr std::size_t kMaxLabelValue = 256;   // bytes
inline constexpr std::size_t kMaxLabels = 16;        // per sample
inline constexpr std::size_t kMaxHelp = 1024;        // bytes
inline constexpr std::size_t kMaxSkippedNames = 10;  // per reason and reply

struct Options {
  std::string name_space = "peer";  // --peer.namespace
  std::string peer;                 // label `peer`; no label if empty
  std::size_t max_series = 2000;    // --peer.max-series
  std::size_t max_bytes = 1 << 20;  // printed per reply, estimated
  TypeOf type_of_ours = nullptr;    // families whose names are reserved
};

// One sample as a translator passes it to Samples::Add().
struct Sample {
  std::string name = {};  // with or without the namespace
  prometheus::MetricType type = kGauge;
  std::string help = {};
  Labels labels = {};
  double value = 0;
  prometheus::ClientMetric::Histogram histogram = {};  // with kHistogram
  prometheus::ClientMetric::Summary summary = {};      // with kSummary
  std::string written = {};       // the peer's name for it, if not `name`
  bool means_non_finite = false;  // accept NaN and infinities of gauges
  // Of several samples of one series, the latest is kept. Only single values
  // (not histograms or summaries) may have a time; INFINITY means now.
  double time = INFINITY;

  const std::string& Written() const {
    return written.empty() ? name : written;
  }
};

// Checks samples against the rules for all formats and collects the valid
// samples.
class Samples {
 public:
  explicit Samples(Options options) : options_(std::move(options)) {}

  // Keeps the sample, or skips it under its reason.
  void Add(Sample sample);
  // Counts dropped values; `name` is the peer's name for them.
  void Skip(SkipReason reason, std::string_view name = {},
            std::uint64_t count = 1);

  // Converts the name of a label to a valid one. If the label is invalid, skips
  // it under its reason and returns false. `written` is the peer's name for it,
  // if different.
  bool AcceptLabel(prometheus::ClientMetric::Label& label,
                   std::string_view written = {});

  const Families& families() const { return families_; }
  std::size_t series() const { return series_.size(); }
  const std::map<SkipReason, std::uint64_t>& skipped() const {
    return skipped_;
  }
  // The first kMaxSkippedNames distinct names of dropped values per reason, for
  // messages.
  const std::map<SkipReason, std::vector<std::string>>& skipped_names() const {
    return skipped_names_;
  }

 private:
  struct Claim {
    prometheus::MetricType type;
    std::pmr::string written;  // the peer's name
  };
  struct Place {
    double time;     // of the sample
    std::size_t at;  // index in its family
  };

  template <typename T>
  using Table =
      std::pmr::unordered_map<std::pmr::string, T, TextHash, std::equal_to<>>;

  std::optional<std::string> AcceptName(const Sample& sample);
  bool AcceptValue(Sample& sample);
  bool AcceptLabels(Sample& sample);
  bool IsNew(std::string_view name, std::string_view series,
             const Sample& sample);
  bool ClaimName(std::string_view name, const Sample& sample);
  bool TakeRoom(std::string_view name, std::string_view series,
                const Sample& sample);
  void Keep(std::string_view name, Sample sample);
  std::optional<prometheus::MetricType> TypeOf(std::string_view name) const;

  Options options_;
  Families families_;
  std::map<SkipReason, std::uint64_t> skipped_;
  std::map<SkipReason, std::vector<std::string>> skipped_names_;
  // For the tables, which only grow and are freed at once. Calls of malloc()
  // take a third of the time of a poll.
  std::pmr::monotonic_buffer_resource memory_;
  Table<Claim> claims_{&memory_};  // by name
  Table<Place> series_{&memory_};  // by SeriesKey
  std::size_t lines_ = 0;          // printed; several per histogram or summary
  std::size_t bytes_ = 0;          // size of the lines, estimated
};

}  // namespace ipfs_peer_exporter::peer
