#pragma once

#include "exporter/serve/http_headers.h"

struct MHD_Connection;

// Reads the header of a request from libmicrohttpd, whose parser breaks rules
// of HTTP before version 1.0.
namespace ipfs_peer_exporter {

// Whether the loaded libmicrohttpd follows RFC 9112 itself.
bool MhdIsStrict();

// To be called when the request line was read. A parser that is not strict
// takes the first of several Content-Length headers, and answers twice if it is
// not a number. This puts one of ours first; HttpHeaders judges the client's.
void HideContentLength(MHD_Connection* connection);

struct MhdHeaders {
  HttpHeaders headers;
  // The parser read something else than what the client sent: it adds a folded
  // line to the name of the header, takes a header without a name for the end
  // of the headers, and ends a value at a NUL byte.
  bool misread = false;
};

// To be called when the headers were read, with what the handler was given.
MhdHeaders ReadHeaders(MHD_Connection* connection, const char* method,
                       const char* version);

}  // namespace ipfs_peer_exporter
