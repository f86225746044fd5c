// What a peer says on its stats socket, as JSON.
#include "adapters/peer/json.h"
#include "tests/fuzz/property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  peer::Samples samples(kPeerOptions);
  std::string bytes(AsText(data, size));
  const auto status = peer::TranslateJson(bytes, samples);
  Require(status || samples.series() == 0, "an error leaves nothing");
  RequirePeerPage(samples);
  return 0;
}
