#pragma once

#include <microhttpd.h>

#include "exporter/serve/http_headers.h"
#include "exporter/serve/http_message.h"

namespace ipfs_peer_exporter {

// Gives libmicrohttpd the answer to the request of a connection.
MHD_Result QueueAnswer(MHD_Connection* connection, const HttpResponse& answer);

// The answer to a request that is refused: its status and the reason as text.
HttpResponse AnswerFor(const HttpRefusal& refusal);

}  // namespace ipfs_peer_exporter
