#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/families.h"
#include "adapters/peer/samples.h"

// One input; libFuzzer's name and signature.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace ipfs_peer_exporter {

inline std::string_view AsText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Aborts unless `holds`, so that the fuzzer keeps the input.
void Require(bool holds, const char* what);

// RapidJSON's opinion, which adapters/ does not rely on. NUL is UTF-8.
bool IsUtf8(std::string_view text);

// Renders `families` and requires a page of the Prometheus text format whose
// samples stand on a line each, no two of the same series.
std::string RequirePage(const Families& families);

// Limits of a peer that inputs of a fuzzer's usual size reach.
inline const peer::Options kPeerOptions{
    .peer = "hub", .max_series = 20, .max_bytes = 4096};

// Requires a page within those limits.
void RequirePeerPage(const peer::Samples& samples);

}  // namespace ipfs_peer_exporter
