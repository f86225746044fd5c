// What a peer says on its stats socket, as JSON.
#include "adapters/json.h"
#include "adapters/peer/json.h"
#include "adapters/peer/json_mender.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

// Whether it is JSON; mended it has to be JSON still, and then to stay.
bool IsJson(std::string_view text) {
  std::string bytes(text);
  const bool is_json = ParseJson(bytes, {.deep = DeepJson::kPrune}).has_value();
  std::string mended(text);
  peer::MendJson(mended);
  std::string twice = mended;
  peer::MendJson(twice);
  Require(twice == mended, "there is nothing to mend twice");
  Require(mended.size() <= 6 * text.size(), "mending is bounded");
  return is_json;
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  peer::Samples samples(kPeerOptions);
  std::string bytes(AsText(data, size));
  const auto status = peer::TranslateJson(bytes, samples);
  Require(status || samples.series() == 0, "an error leaves nothing");
  const bool is_json = IsJson(AsText(data, size));
  Require(status || !is_json || status.error().reason != Reason::kParse,
          "JSON is read");
  RequirePeerPage(samples);
  return 0;
}
