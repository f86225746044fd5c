#include "exporter/serve/http_answer.h"

#include <memory>
#include <string>

namespace ipfs_peer_exporter {
namespace {

std::string Vary(const HttpResponse& answer) {
  std::string names;
  if (answer.has_formats) names = MHD_HTTP_HEADER_ACCEPT;
  if (answer.may_be_gzip) {
    names += names.empty() ? "" : ", ";
    names += MHD_HTTP_HEADER_ACCEPT_ENCODING;
  }
  return names;
}

}  // namespace

MHD_Result QueueAnswer(MHD_Connection* connection, const HttpResponse& answer,
                       bool is_last) {
  struct Held {
    std::shared_ptr<const std::string> body;
    std::shared_ptr<const void> until_sent;
  };
  // Not MHD_create_response_from_iovec: with it, a request whose header fills
  // the connection's memory aborts the process (0.9.75). libmicrohttpd only
  // reads the body, although the pointer is to non-const.
  auto* const response = MHD_create_response_from_buffer_with_free_callback_cls(
      answer.body->size(), const_cast<char*>(answer.body->data()),
      [](void* cls) { delete static_cast<Held*>(cls); },
      new Held{answer.body, answer.until_sent});
  const auto add = [response](const char* name, const std::string& value) {
    if (!value.empty()) MHD_add_response_header(response, name, value.c_str());
  };
  add(MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type);
  add(MHD_HTTP_HEADER_CONTENT_ENCODING, answer.gzip ? "gzip" : "");
  add(MHD_HTTP_HEADER_VARY, Vary(answer));
  add(MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  add(MHD_HTTP_HEADER_CONNECTION, is_last ? "close" : "");
  add("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.headers) add(name.c_str(), value);
  const MHD_Result result = MHD_queue_response(
      connection, static_cast<unsigned>(answer.status), response);
  MHD_destroy_response(response);
  return result;
}

HttpResponse AnswerFor(const HttpRefusal& refusal) {
  return TextResponse(refusal.status, std::string(refusal.why) + "\n");
}

}  // namespace ipfs_peer_exporter
