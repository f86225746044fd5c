#pragma once

#include <sys/random.h>

#include <cstdint>

namespace ipfs_peer_exporter {

// A seed for jitter. std::random_device of libc++ needs /dev/urandom, which a
// chroot may lack, and throws without it.
inline std::uint32_t RandomSeed() {
  std::uint32_t seed = 0;
  // Early in the boot there may be no entropy yet.
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed) return 1;
  return seed;
}

}  // namespace ipfs_peer_exporter
