// Fuzzes a peer's document on the stats socket: JSON.
#include "adapters/json.h"
#include "adapters/peer/json.h"
#include "adapters/peer/json_mender.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

// Whether `bytes` is JSON, before or after mending.
bool IsJson(std::string bytes) {
  return ParseJson(bytes, {.deep = DeepJson::kPrune, .allow_nan = true})
      .has_value();
}

std::string Mended(std::string bytes) {
  peer::MendJson(bytes);
  return bytes;
}

void Mend(const std::string& text) {
  const auto mended = Mended(text);
  Require(mended.size() <= 6 * text.size(), "mending is bounded");
  if (IsJson(text)) Require(IsJson(mended), "mended JSON is still JSON");
  if (IsJson(mended)) {
    Require(Mended(mended) == mended, "mending twice changes nothing");
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  peer::Samples samples(kPeerOptions);
  std::string bytes(AsText(data, size));
  const auto status = peer::TranslateJson(bytes, samples);
  Require(status || samples.series() == 0, "an error leaves no series");
  Mend(std::string(AsText(data, size)));
  RequirePeerPage(samples);
  return 0;
}
