#pragma once

#include <string>

namespace ipfs_peer_exporter::peer {

// Corrects JSON as a peer's own code may print it, because one bad value would
// lose the whole document. Outside strings,
//
//   - numbers as C, C++, Lua and Python print them become JSON numbers:
//     +1 .5 5. 007, and numbers that RapidJSON may reject as too large because
//     of their digits or exponent alone (0e309). Non-finite numbers become NaN,
//     Inf or -Inf, which the parser is told to accept:
//     nan -nan(ind) INFINITY 1.#QNAN 1e400;
//   - words that only begin like a number become strings: 0x1f 1_000 1.2.3, and
//     0,5 as the value of a member;
//   - True, None, nil and similar words become true, false and null.
//
// In a string, text that JSON does not allow becomes half of a surrogate pair,
// which the parser accepts and labels reject (kEncoding).
//
// Other errors are left as they are. Takes linear time and memory.
void MendJson(std::string& bytes);

}  // namespace ipfs_peer_exporter::peer
