#include "exporter/serve/mhd_daemon.h"

#include <microhttpd.h>
#include <strings.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/base/errno_text.h"
#include "exporter/serve/access_log.h"
#include "exporter/serve/client_certificate.h"
#include "exporter/serve/http_answer.h"
#include "exporter/serve/mhd_headers.h"

namespace ipfs_peer_exporter {

namespace {

// Memory per connection for its request: four times what a browser sends, and
// 8 MiB in all if every connection is in use. libmicrohttpd answers a longer
// request with 414 or 431.
constexpr std::size_t kConnectionMemory = 16 << 10;

// libmicrohttpd stops accepting at its own limit, which therefore must not be
// reached: a connection that the guard shut down still counts until the next
// MHD_run, and one MHD_run accepts about ten connections.
constexpr std::size_t kClosingConnections = 64;

constexpr HttpRefusal kBody{MHD_HTTP_CONTENT_TOO_LARGE,
                            "A request must not have a body."};
constexpr HttpRefusal kTarget{MHD_HTTP_BAD_REQUEST,
                              "The target of the request is not a path."};
constexpr HttpRefusal kMisread{
    MHD_HTTP_BAD_REQUEST,
    "A header has no name, holds a NUL byte, or continues on another line."};

bool HasBlank(const char* target) {
  return std::strpbrk(target, " \t") != nullptr;
}

int SocketOf(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
      ->connect_fd;
}

Connection& ConnectionOf(MHD_Connection* mhd) {
  return *static_cast<Connection*>(
      MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
          ->socket_context);
}

// Removes "http://host" from a target in absolute form (RFC 9112, 3.2.2).
void CutAuthority(char* target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (strncasecmp(target, scheme.data(), scheme.size()) != 0) continue;
    const char* const path = std::strchr(target + scheme.size(), '/');
    const char* const rest = path != nullptr ? path : "/";
    std::memmove(target, rest, std::strlen(rest) + 1);
    return;
  }
}

// Callbacks of libmicrohttpd, on the server's thread.

void OnConnection(void* cls, MHD_Connection* mhd, void** context,
                  MHD_ConnectionNotificationCode code) {
  auto& generation = *static_cast<Generation*>(cls);
  auto& guard = generation.shared.guard;
  const int fd = SocketOf(mhd);
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const sockaddr& peer =
        *MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
             ->client_addr;
    guard.Opened(fd, peer, Clock::now());
    *context = &generation.connections.emplace_back(
        Connection{.mhd = mhd, .fd = fd, .client = AddressOf(peer)});
    if (!generation.tls) return;
    AskForCertificate(TlsSessionOf(mhd), *generation.tls);
  } else {
    guard.Closed(fd);
    generation.connections.remove_if(
        [mhd](const Connection& one) { return one.mhd == mhd; });
  }
}

// Takes the query out of the request line before libmicrohttpd parses it. In
// 0.9.75, an argument that does not fit into the connection's memory leaves a
// connection that is never answered and keeps the processor busy. The line is
// in libmicrohttpd's own buffer, which its parser would modify as well.
// CheckMhd tests that this works.
void* OnRequestLine(void* cls, const char* uri, MHD_Connection* mhd) {
  auto& connection = ConnectionOf(mhd);
  auto* const exchange = new Exchange{
      .connection = connection, .target = uri, .has_blank = HasBlank(uri)};
  if (IsAccessLogged()) exchange->begun = Clock::now();
  connection.exchange = exchange;
  static_cast<Generation*>(cls)->shared.begun = exchange;
  char* const mark = std::strchr(const_cast<char*>(uri), '?');
  if (mark != nullptr) {
    exchange->query = mark + 1;
    mark[1] = '\0';
  }
  HideContentLength(mhd);
  return exchange;
}

// Called next, with the target without its query. Any other text is an argument
// hidden behind a NUL byte; its connection is shut down.
std::size_t OnUnescape(void* cls, MHD_Connection* mhd, char* text) {
  auto& exchange = *static_cast<Generation*>(cls)->shared.begun;
  if (text != exchange.target) {
    shutdown(SocketOf(mhd), SHUT_RDWR);
    return MHD_http_unescape(text);
  }
  CutAuthority(text);
  const bool is_path = text[0] == '/';
  const std::size_t size = MHD_http_unescape(text);
  if (is_path) exchange.path.assign(text, size);
  return size;
}

// Why the request is refused; nullopt if it is not. Takes from the header what
// the handler reads. A response queued at the end of the header ends the
// connection, as it must after a malformed request or a body.
std::optional<HttpRefusal> ReadHeader(Exchange& exchange, const char* method,
                                      const char* version) {
  const auto [headers, misread] =
      ReadHeaders(exchange.connection.mhd, method, version);
  auto refusal = headers.Refusal(std::strcmp(version, "HTTP/1.0") != 0);
  if (refusal) return refusal;
  if (misread) return kMisread;
  if (exchange.has_blank) return kTarget;
  if (headers.HasBody()) return kBody;
  auto& request = exchange.request;
  request.accept = headers.Get(MHD_HTTP_HEADER_ACCEPT);
  request.accept_encoding = headers.Get(MHD_HTTP_HEADER_ACCEPT_ENCODING);
  request.authorization = headers.Get(MHD_HTTP_HEADER_AUTHORIZATION);
  return std::nullopt;
}

const std::string& CertificateErrorOf(const Generation& generation,
                                      Connection& connection) {
  auto& error = connection.certificate_error;
  if (!error) {
    error = generation.tls ? CertificateError(TlsSessionOf(connection.mhd),
                                              *generation.tls)
                           : "";
  }
  return *error;
}

// Passes the request to the handler.
std::optional<HttpResponse> Handle(const Generation& generation,
                                   Exchange& exchange) {
  auto& shared = generation.shared;
  auto& request = exchange.request;
  exchange.id = ++shared.next_id;
  request.method = exchange.method;
  request.path = exchange.path;
  request.query = ParseQuery(exchange.query);
  request.client = exchange.connection.client;
  request.certificate_error =
      CertificateErrorOf(generation, exchange.connection);
  request.later = [steps = shared.steps, id = exchange.id](HttpStep step) {
    steps->Put(id, std::move(step));
  };
  return shared.handler(request);
}

MHD_Result Respond(const Generation& generation, Exchange& exchange,
                   HttpResponse response) {
  const auto& shared = generation.shared;
  if (shared.before_response) shared.before_response(response);
  exchange.status = response.status;
  const bool has_body = exchange.method != MHD_HTTP_METHOD_HEAD;
  exchange.bytes = has_body ? response.body->size() : 0;
  return QueueAnswer(exchange.connection.mhd, response,
                     generation.retired.has_value());
}

// Called at the end of the header, again at the end of the request, and again
// when a deferred request has a response.
MHD_Result OnRequest(void* cls, MHD_Connection* mhd, const char*,
                     const char* method, const char* version, const char*,
                     std::size_t*, void** context) {
  auto& generation = *static_cast<Generation*>(cls);
  auto& exchange = *static_cast<Exchange*>(*context);
  std::optional<HttpRefusal> refusal;
  if (!std::exchange(exchange.header_seen, true)) {
    exchange.method = method;
    refusal = ReadHeader(exchange, method, version);
    if (!refusal) return MHD_YES;
  }
  if (auto response = std::exchange(exchange.response, std::nullopt)) {
    return Respond(generation, exchange, std::move(*response));
  }
  exchange.connection.asked = true;
  generation.shared.guard.Asked(exchange.connection.fd, Clock::now());
  if (!refusal && exchange.path.empty()) refusal = kTarget;
  if (refusal) return Respond(generation, exchange, AnswerFor(*refusal));
  if (auto response = Handle(generation, exchange)) {
    return Respond(generation, exchange, std::move(*response));
  }
  generation.shared.deferred.emplace(exchange.id, &exchange);
  MHD_suspend_connection(mhd);
  return MHD_YES;
}

void OnCompleted(void*, MHD_Connection* mhd, void** context,
                 MHD_RequestTerminationCode code) {
  const auto* const exchange = static_cast<Exchange*>(*context);
  if (exchange == nullptr) return;
  LogAccess(*exchange, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
  ConnectionOf(mhd).exchange = nullptr;
  delete exchange;
  *context = nullptr;
}

// Options for TLS; an empty list without it. The texts belong to `generation`.
std::vector<MHD_OptionItem> TlsOptions(const Generation& generation) {
  std::vector<MHD_OptionItem> options;
  const auto add = [&options](MHD_OPTION option, const std::string& text) {
    if (text.empty()) return;
    options.push_back({option, 0, const_cast<char*>(text.c_str())});
  };
  if (const auto& tls = generation.tls) {
    add(MHD_OPTION_HTTPS_MEM_KEY, tls->key);
    add(MHD_OPTION_HTTPS_MEM_CERT, tls->cert);
    add(MHD_OPTION_HTTPS_PRIORITIES, tls->priority);
    // With a CA, libmicrohttpd asks for a certificate in any case.
    const bool asks = tls->client_auth != ClientAuth::kNone;
    if (asks) add(MHD_OPTION_HTTPS_MEM_TRUST, tls->client_ca);
  }
  return options;
}

}  // namespace

// Strict parsing is set only from version 1.0 on, which refuses a request with
// one response; older versions close the connection or respond twice. Without
// MHD_USE_ERROR_LOG libmicrohttpd does not log invalid requests, and without
// MHD_OPTION_CONNECTION_TIMEOUT it leaves deadlines to the guard.
Status StartDaemon(Generation& generation, int listen_fd) {
  const auto limit = static_cast<unsigned>(
      generation.shared.limits.connections + kClosingConnections);
  auto options = TlsOptions(generation);
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
  if (generation.tls) flags |= MHD_USE_TLS;
  if (listen_fd == MHD_INVALID_SOCKET) {
    flags |= MHD_USE_NO_LISTEN_SOCKET;
  } else {
    options.push_back({MHD_OPTION_LISTEN_SOCKET, listen_fd, nullptr});
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  MHD_Daemon* const daemon = MHD_start_daemon(
      flags, 0, nullptr, nullptr, &OnRequest, &generation, MHD_OPTION_ARRAY,
      options.data(), MHD_OPTION_STRICT_FOR_CLIENT, MhdIsStrict() ? 1 : 0,
      MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      kConnectionMemory, MHD_OPTION_NOTIFY_CONNECTION, &OnConnection,
      &generation, MHD_OPTION_URI_LOG_CALLBACK, &OnRequestLine, &generation,
      MHD_OPTION_UNESCAPE_CALLBACK, &OnUnescape, &generation,
      MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted, nullptr, MHD_OPTION_END);
  if (daemon == nullptr) return CannotServe();
  generation.daemons.push_back(daemon);
  const int fd =
      MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  return generation.shared.WakeFor(fd) ? Ok() : CannotServe();
}

void RunSteps(MhdShared& shared) {
  for (auto& [id, step] : shared.steps->Take()) {
    const auto found = shared.deferred.find(id);
    if (found == shared.deferred.end()) continue;
    Exchange& exchange = *found->second;
    exchange.response = step();
    if (!exchange.response) continue;
    shared.deferred.erase(found);
    MHD_resume_connection(exchange.connection.mhd);
  }
}

Error CannotServe() {
  return {Reason::kConnect, "cannot serve HTTP: " + ErrnoText(errno)};
}

}  // namespace ipfs_peer_exporter
