#include "exporter/serve/gzip.h"

#include <zlib.h>

#include <cstdlib>

namespace ipfs_peer_exporter {

std::string Gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // the largest; + 16 asks for gzip
  constexpr int kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();  // out of memory
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  // zlib takes its input through a pointer to non-const, but only reads it.
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);  // ends in one call: there is room for the bound
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace ipfs_peer_exporter
