#pragma once

#include <string>

#include "adapters/families.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

// The samples of `families` in text format, without HELP and TYPE.
inline std::string Lines(const Families& families) {
  std::string lines;
  for (const auto& family : Render(families.list())) lines += family.samples;
  return lines;
}

}  // namespace ipfs_peer_exporter
