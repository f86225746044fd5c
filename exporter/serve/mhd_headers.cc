#include "exporter/serve/mhd_headers.h"

#include <microhttpd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace ipfs_peer_exporter {
namespace {

// The value of the exporter's own Content-Length, recognized by its address.
constexpr char kNoBody[] = "0";

// A lax parser leaves the request in one buffer, with NUL bytes for line ends.
// Without a misread, the names and values are contiguous in it.
struct Reading {
  const char* end;  // of the text read so far
  MhdHeaders result;
};

bool IsLineEnd(const char* from, const char* to) {
  return to - from == 1 || to - from == 2;
}

// The last line is followed by an empty line.
bool IsHeaderEnd(const char* from, const char* to) {
  return to - from >= 2 && to - from <= 4 &&
         std::all_of(from, to, [](char c) { return c == '\0'; });
}

}  // namespace

bool MhdIsStrict() {
  // Checked at run time, because 0.9 and 1.0 are interchangeable without a
  // rebuild.
  static const bool is_strict = MHD_get_version()[0] != '0';
  return is_strict;
}

void HideContentLength(MHD_Connection* connection) {
  if (MhdIsStrict()) return;
  // If this fails for lack of memory, the client's headers do not fit either.
  MHD_set_connection_value(connection, MHD_HEADER_KIND,
                           MHD_HTTP_HEADER_CONTENT_LENGTH, kNoBody);
}

MhdHeaders ReadHeaders(MHD_Connection* connection, const char* method,
                       const char* version) {
  Reading reading{version + std::strlen(version), {}};
  MHD_get_connection_values(
      connection, MHD_HEADER_KIND,
      [](void* cls, MHD_ValueKind, const char* name, const char* value) {
        auto& [end, result] = *static_cast<Reading*>(cls);
        if (value == kNoBody) return MHD_YES;
        if (value == nullptr) value = "";
        result.headers.Add(name, value);
        result.misread |= !IsLineEnd(end, name);
        end = value + std::strlen(value);
        return MHD_YES;
      },
      &reading);
  const auto* const info = MHD_get_connection_info(
      connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  const char* const header_end = method + info->header_size;
  auto& result = reading.result;
  result.misread = !MhdIsStrict() &&
                   (result.misread || !IsHeaderEnd(reading.end, header_end));
  return result;
}

}  // namespace ipfs_peer_exporter
