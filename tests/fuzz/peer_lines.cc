// Fuzzes a peer's document on the stats socket: Prometheus text or key=value
// lines.
#include "adapters/peer/format.h"
#include "tests/fuzz/property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const auto text = AsText(data, size);
  const auto* const recognised = peer::Recognise(text);
  for (const auto& format : peer::kFormats) {
    peer::Samples samples(kPeerOptions);
    std::string bytes(text);
    const auto status = format.translate(bytes, samples);
    Require(status || samples.series() == 0, "an error leaves no series");
    RequirePeerPage(samples);
    if (format.name != "auto") continue;
    Require(!status || recognised != nullptr, "an unknown format is an error");
    Require(!status || recognised->name != "key-value" || samples.series() > 0,
            "key=value lines without a value are an error");
  }
  // The last line may be cut.
  const auto end = text.rfind('\n');
  if (recognised == nullptr || recognised->name == "json" || end == text.npos) {
    return 0;
  }
  peer::Samples whole(kPeerOptions);
  peer::Samples ended(kPeerOptions);
  std::string bytes(text);
  std::string lines(text.substr(0, end + 1));
  (void)recognised->translate(bytes, whole);
  (void)recognised->translate(lines, ended);
  Require(whole.series() == ended.series(), "a cut line adds no series");
  return 0;
}
