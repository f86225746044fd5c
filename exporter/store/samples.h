#pragma once

#include <string_view>

namespace ipfs_peer_exporter {

// One line of RenderedFamily::samples, as views of it.
struct SampleLine {
  std::string_view key;     // name and labels: a{b="c"}
  std::string_view name;    // a
  std::string_view labels;  // b="c"; empty if there are none
  std::string_view value;   // as served
};

// Reads a line without its line feed, as store/text_format.h renders it.
inline SampleLine ReadSampleLine(std::string_view line) {
  SampleLine sample;
  const auto blank = line.rfind(' ');
  sample.key = line.substr(0, blank);
  if (blank != line.npos) sample.value = line.substr(blank + 1);
  const auto brace = sample.key.find('{');
  sample.name = sample.key.substr(0, brace);
  if (brace != sample.key.npos) {
    sample.labels = sample.key.substr(brace + 1);
    sample.labels.remove_suffix(1);
  }
  return sample;
}

// Calls `use` with each line of `samples`.
template <typename Use>
void ForEachSample(std::string_view samples, Use use) {
  while (!samples.empty()) {
    const auto end = samples.find('\n');
    if (end != 0) use(ReadSampleLine(samples.substr(0, end)));
    if (end == samples.npos) return;
    samples.remove_prefix(end + 1);
  }
}

}  // namespace ipfs_peer_exporter
