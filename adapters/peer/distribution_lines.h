#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "adapters/peer/distributions.h"
#include "adapters/peer/samples.h"
#include "adapters/prometheus_text.h"

namespace ipfs_peer_exporter::peer {

// The role of a sample of Prometheus text in its family.
enum class Role { kValue, kBucket, kQuantile, kSum, kCount, kCreated };

// Collects the lines of the histograms or summaries of one family, in any
// order.
class DistributionLines {
 public:
  // Adds a line. `role` is neither kValue nor kCreated.
  void Read(Role role, TextLine line, Samples& samples);
  // Adds a line without a readable value. Its histogram or summary is dropped,
  // because the value is unknown.
  void Break(Role role, TextLine line);

  // Adds all distributions to `samples` with the name, type and help of
  // `family`, and clears this object.
  void End(const Sample& family, Samples& samples);

 private:
  struct Lines {
    Distribution known;
    bool broken = false;  // a line was broken, or a count was not whole
  };

  std::optional<double> TimeBefore(const TextLine& line);
  void SetAtBound(Role role, TextLine& line, bool is_first, Samples& samples);

  std::map<Labels, Lines> lines_;
  PartNames parts_;                                // as in the lines
  std::unordered_map<std::string, double> times_;  // latest, by series
};

}  // namespace ipfs_peer_exporter::peer
