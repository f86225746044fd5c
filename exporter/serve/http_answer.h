#pragma once

#include <microhttpd.h>

#include "exporter/serve/http_headers.h"
#include "exporter/serve/http_message.h"

namespace ipfs_peer_exporter {

// Queues the response to the current request of `connection` in libmicrohttpd.
// With `is_last`, the connection ends after it.
MHD_Result QueueAnswer(MHD_Connection* connection, const HttpResponse& answer,
                       bool is_last);

// The response to a refused request: its status, and the reason as text.
HttpResponse AnswerFor(const HttpRefusal& refusal);

}  // namespace ipfs_peer_exporter
