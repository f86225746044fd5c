#include "exporter/serve/gzip.h"

#include <zlib.h>

#include <cstdlib>

namespace ipfs_peer_exporter {

std::string Gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // largest window; + 16 selects gzip
  constexpr int kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();  // out of memory
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  // zlib only reads its input, although the pointer is to non-const.
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // completes in one call: `out` has room
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace ipfs_peer_exporter
