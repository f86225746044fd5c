#pragma once

#include <string>

namespace ipfs_peer_exporter::peer {

// Makes JSON of what a peer's own code prints for it, for one bad value would
// lose the whole document. Outside strings,
//
//   - a number as C, C++, Lua and Python print it is written as JSON does:
//     +1 .5 5. 007, and one that RapidJSON may take for too large by its digits
//     or exponent alone (0e309). What is not finite becomes NaN, Inf or -Inf,
//     which the parser is told to take: nan -nan(ind) INFINITY 1.#QNAN 1e400;
//   - what only begins as a number becomes a string: 0x1f 1_000 1.2.3, and 0,5
//     as the value of a member;
//   - True, None, nil and their like become true, false and null.
//
// In a string, what JSON does not allow becomes the half of a surrogate pair
// that the parser lets through, and no label takes (kEncoding).
//
// What is broken otherwise stays so. Linear in time, and in memory.
void MendJson(std::string& bytes);

}  // namespace ipfs_peer_exporter::peer
