#pragma once

#include "exporter/serve/http_headers.h"

struct MHD_Connection;

// Reads the header of a request from libmicrohttpd. Before version 1.0 its
// parser violates HTTP; such a parser is called lax here.
namespace ipfs_peer_exporter {

// Whether the parser of the loaded libmicrohttpd follows RFC 9112.
bool MhdIsStrict();

// Call it once the request line is read. A lax parser uses the first of several
// Content-Length headers, and responds twice if that is not a number. This
// function adds a header of the exporter's own in first place; HttpHeaders
// checks the client's headers.
void HideContentLength(MHD_Connection* connection);

// The result of ReadHeaders; its text belongs to libmicrohttpd.
struct MhdHeaders {
  HttpHeaders headers;
  // Whether the parser's reading differs from what the client sent. A lax
  // parser appends a folded line to the header name, takes a header without a
  // name for the end of the header, and ends a value at a NUL byte.
  bool misread = false;
};

// Call it once the header is read, with the `method` and `version` passed to
// libmicrohttpd's access handler.
MhdHeaders ReadHeaders(MHD_Connection* connection, const char* method,
                       const char* version);

}  // namespace ipfs_peer_exporter
