#pragma once

#include "exporter/serve/http_headers.h"

struct MHD_Connection;

// How the header of a request is got out of libmicrohttpd, whose parser before
// 1.0 breaks rules of HTTP.
namespace ipfs_peer_exporter {

// Whether libmicrohttpd, as it is here now, follows RFC 9112 itself.
bool MhdIsStrict();

// To be called when the request line was read. A parser that is not strict
// takes the first of several Content-Lengths, and answers one that is no number
// with two headers. Now it finds one of ours before the client's, which are
// left to HttpHeaders.
void HideContentLength(MHD_Connection* connection);

struct MhdHeaders {
  HttpHeaders headers;
  // Such a parser read something else than what the client sent: a header that
  // goes on in a next line lengthens the name of the header, one without a name
  // ends the headers, and a NUL byte ends a value.
  bool misread = false;
};

// To be called when the headers were read, with what the handler was given.
MhdHeaders ReadHeaders(MHD_Connection* connection, const char* method,
                       const char* version);

}  // namespace ipfs_peer_exporter
