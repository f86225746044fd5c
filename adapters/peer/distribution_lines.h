#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "adapters/peer/distributions.h"
#include "adapters/peer/samples.h"
#include "adapters/prometheus_text.h"

namespace ipfs_peer_exporter::peer {

// What a sample of Prometheus text is to its family.
enum class Role { kValue, kBucket, kQuantile, kSum, kCount, kCreated };

// The lines that the histograms or summaries of one family are made of, in any
// order.
class DistributionLines {
 public:
  // A line that is neither kValue nor kCreated.
  void Read(Role role, TextLine line, Samples& samples);
  // One that is broken. What it said is not made up: its histogram is dropped.
  void Break(Role role, TextLine line);

  // Adds all to `samples` with the name, type and help of `family`, and begins
  // anew.
  void End(const Sample& family, Samples& samples);

 private:
  struct Lines {
    Distribution known;
    bool broken = false;  // a line was broken, or counts nothing whole
  };

  std::optional<double> TimeBefore(const TextLine& line);
  void SetAtBound(Role role, TextLine& line, bool is_first, Samples& samples);

  std::map<Labels, Lines> lines_;
  PartNames parts_;                                // as those lines have them
  std::unordered_map<std::string, double> times_;  // by series
};

}  // namespace ipfs_peer_exporter::peer
