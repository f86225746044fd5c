// What a peer says on its stats socket, as JSON.
#include <algorithm>

#include "adapters/peer/json.h"
#include "tests/fuzz/property.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  // Limits that inputs of a fuzzer's usual size reach.
  const peer::Options options{
      .peer = "hub", .max_series = 20, .max_bytes = 4096};
  peer::Samples samples(options);
  std::string bytes(AsText(data, size));
  const auto status = peer::TranslateJson(bytes, samples);
  const auto& families = samples.families();
  Require(status || families.list().empty(), "an error leaves nothing");

  const auto page = RequirePage(families);
  const auto lines = static_cast<std::size_t>(std::ranges::count(page, '\n'));
  Require(lines <= options.max_series + 2 * families.list().size(),
          "a page has at most max_series samples");
  // max_bytes is of what a page takes about: escapes, headers and the label
  // `peer` come on top.
  Require(page.size() <= 4 * options.max_bytes, "a page is bounded");
  return 0;
}
