#pragma once

#include <string_view>

#include "adapters/peer/samples.h"

namespace ipfs_peer_exporter::peer {

// Values that have nothing but a path with dots: model.accuracy. A number
// becomes a gauge of that name, a counter where it ends in _total; texts below
// info. become the labels of one series, and others are skipped.
class PlainValues {
 public:
  // `samples` has to outlive it.
  explicit PlainValues(Samples& samples) : samples_(samples) {}
  PlainValues(const PlainValues&) = delete;
  PlainValues& operator=(const PlainValues&) = delete;

  // Whether texts at `path` become labels.
  static bool IsInfo(std::string_view path);

  void Number(std::string_view path, double value);
  void Text(std::string_view path, std::string_view text);

  // After the last value.
  void End();

 private:
  Samples& samples_;
  Labels info_;
};

}  // namespace ipfs_peer_exporter::peer
