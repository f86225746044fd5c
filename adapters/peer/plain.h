#pragma once

#include <string_view>

#include "adapters/peer/samples.h"

namespace ipfs_peer_exporter::peer {

// Adds values that have only a path with dots, such as model.accuracy. A number
// becomes a gauge of that name, or a counter if the name ends in _total. Texts
// below info. become the labels of one series; other texts are skipped.
class PlainValues {
 public:
  // `samples` must outlive this object.
  explicit PlainValues(Samples& samples) : samples_(samples) {}
  PlainValues(const PlainValues&) = delete;
  PlainValues& operator=(const PlainValues&) = delete;

  // Whether texts at `path` become labels.
  static bool IsInfo(std::string_view path);

  void Number(std::string_view path, double value);
  void Text(std::string_view path, std::string_view text);

  // Adds the series of texts. Must be called after the last value.
  void End();

 private:
  Samples& samples_;
  Labels info_;
};

}  // namespace ipfs_peer_exporter::peer
