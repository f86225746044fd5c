// Fuzzes a mapping file and, after a NUL byte, the document that it maps.
#include "exporter/config/mapping_file.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

void Translate(const peer::Mapping& mapping, std::string document) {
  peer::Samples samples(kPeerOptions);
  const auto counts = TranslateMapped(document, mapping, samples);
  RequirePeerPage(samples);
  if (!counts)
    return Require(samples.series() == 0, "an error leaves no series");
  Require(counts->size() == mapping.metrics.size(), "each rule has a count");
  std::size_t kept = 0;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    const auto& count = (*counts)[i];
    Require(count.kept <= count.found, "a served value was found");
    const auto line = Explain(mapping.metrics[i], count);
    Require(line.starts_with("/proc/self/fd/"), "a rule names its line");
    kept += count.kept;
  }
  // A histogram in parts is one value and several series.
  Require(kept <= samples.series() && (kept > 0 || samples.series() == 0),
          "only mapped values are served");
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const auto text = AsText(data, size);
  const auto end = text.find('\0');
  const MemoryFile file(text.substr(0, end));
  const auto mapping = ReadMappingFile(file.path());
  if (!mapping) {
    Require(mapping.error().message.starts_with(file.path()),
            "an error names its file");
    return 0;
  }
  Translate(*mapping,
            std::string(end == text.npos ? "{}" : text.substr(end + 1)));
  return 0;
}
