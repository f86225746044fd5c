#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/families.h"
#include "adapters/peer/samples.h"

// Tests one input. Name and signature are given by libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace ipfs_peer_exporter {

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Prints `what` and aborts unless `holds`, so that the fuzzer keeps the input.
void Require(bool holds, const char* what);

// Checks with RapidJSON, independently of adapters/utf8. NUL is valid.
bool IsUtf8(std::string_view text);

// Renders `families` and requires a valid page of the Prometheus text format
// with one sample per line and no duplicate series. Returns the page.
std::string RequirePage(const Families& families);

// Limits for a peer, low enough for inputs of a fuzzer's usual size to reach.
inline const peer::Options kPeerOptions{
    .peer = "hub", .max_series = 20, .max_bytes = 4096};

// Requires a page within kPeerOptions' limits.
void RequirePeerPage(const peer::Samples& samples);

}  // namespace ipfs_peer_exporter
