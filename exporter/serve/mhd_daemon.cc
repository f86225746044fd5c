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

#include "exporter/base/errno_text.h"
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

void OnConnection(void* cls, MHD_Connection* connection, void**,
                  MHD_ConnectionNotificationCode code) {
  ConnectionGuard& guard = static_cast<MhdShared*>(cls)->guard;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    guard.Opened(
        SocketOf(connection),
        *MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
             ->client_addr,
        Clock::now());
  } else {
    guard.Closed(SocketOf(connection));
  }
}

// Takes the query out of the request line before libmicrohttpd parses it. In
// 0.9.75, an argument that does not fit into the connection's memory leaves a
// connection that is never answered and keeps the processor busy. The line is
// in libmicrohttpd's own buffer, which its parser would modify as well.
// CheckMhd tests that this works.
void* OnRequestLine(void* cls, const char* uri, MHD_Connection* connection) {
  auto* const exchange = new Exchange{
      .connection = connection, .target = uri, .has_blank = HasBlank(uri)};
  static_cast<MhdShared*>(cls)->begun = exchange;
  char* const mark = std::strchr(const_cast<char*>(uri), '?');
  if (mark != nullptr) {
    exchange->query = mark + 1;
    mark[1] = '\0';
  }
  HideContentLength(connection);
  return exchange;
}

// Called next, with the target without its query. Any other text is an argument
// hidden behind a NUL byte; its connection is shut down.
std::size_t OnUnescape(void* cls, MHD_Connection* connection, char* text) {
  auto& exchange = *static_cast<MhdShared*>(cls)->begun;
  if (text != exchange.target) {
    shutdown(SocketOf(connection), SHUT_RDWR);
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
      ReadHeaders(exchange.connection, method, version);
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

// Passes the request to the handler.
std::optional<HttpResponse> Handle(MhdShared& shared, Exchange& exchange,
                                   const char* method) {
  auto& request = exchange.request;
  exchange.method = method;
  exchange.id = ++shared.next_id;
  request.method = exchange.method;
  request.path = exchange.path;
  request.query = ParseQuery(exchange.query);
  request.client = shared.guard.AddressOf(SocketOf(exchange.connection));
  request.later = [steps = shared.steps, id = exchange.id](HttpStep step) {
    steps->Put(id, std::move(step));
  };
  return shared.handler(request);
}

// Called at the end of the header, again at the end of the request, and again
// when a deferred request has a response.
MHD_Result OnRequest(void* cls, MHD_Connection* connection, const char*,
                     const char* method, const char* version, const char*,
                     std::size_t*, void** context) {
  auto& shared = *static_cast<MhdShared*>(cls);
  auto& exchange = *static_cast<Exchange*>(*context);
  std::optional<HttpRefusal> refusal;
  if (!std::exchange(exchange.header_seen, true)) {
    refusal = ReadHeader(exchange, method, version);
    if (!refusal) return MHD_YES;
  }
  if (auto response = std::exchange(exchange.response, std::nullopt)) {
    return QueueAnswer(connection, *response);
  }
  shared.guard.Asked(SocketOf(connection), Clock::now());
  if (!refusal && exchange.path.empty()) refusal = kTarget;
  if (refusal) return QueueAnswer(connection, AnswerFor(*refusal));
  if (const auto response = Handle(shared, exchange, method)) {
    return QueueAnswer(connection, *response);
  }
  shared.deferred.emplace(exchange.id, &exchange);
  MHD_suspend_connection(connection);
  return MHD_YES;
}

void OnCompleted(void*, MHD_Connection*, void** context,
                 MHD_RequestTerminationCode) {
  delete static_cast<Exchange*>(*context);
  *context = nullptr;
}

}  // namespace

// Strict parsing is set only from version 1.0 on, which refuses a request with
// one response; older versions close the connection or respond twice. Without
// MHD_USE_ERROR_LOG libmicrohttpd does not log invalid requests, and without
// MHD_OPTION_CONNECTION_TIMEOUT it leaves deadlines to the guard.
MHD_Daemon* StartDaemon(MhdShared& shared, int listen_fd) {
  const auto limit =
      static_cast<unsigned>(shared.limits.connections + kClosingConnections);
  const bool listens = listen_fd != MHD_INVALID_SOCKET;
  const MHD_OptionItem listening[] = {
      {listens ? MHD_OPTION_LISTEN_SOCKET : MHD_OPTION_END, listen_fd, nullptr},
      {MHD_OPTION_END, 0, nullptr}};
  return MHD_start_daemon(
      MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
          (listens ? 0 : MHD_USE_NO_LISTEN_SOCKET),
      0, nullptr, nullptr, &OnRequest, &shared, MHD_OPTION_ARRAY, listening,
      MHD_OPTION_STRICT_FOR_CLIENT, MhdIsStrict() ? 1 : 0,
      MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      kConnectionMemory, MHD_OPTION_NOTIFY_CONNECTION, &OnConnection, &shared,
      MHD_OPTION_URI_LOG_CALLBACK, &OnRequestLine, &shared,
      MHD_OPTION_UNESCAPE_CALLBACK, &OnUnescape, &shared,
      MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted, nullptr, MHD_OPTION_END);
}

void RunSteps(MhdShared& shared) {
  for (auto& [id, step] : shared.steps->Take()) {
    const auto found = shared.deferred.find(id);
    if (found == shared.deferred.end()) continue;
    Exchange& exchange = *found->second;
    exchange.response = step();
    if (!exchange.response) continue;
    shared.deferred.erase(found);
    MHD_resume_connection(exchange.connection);
  }
}

void DropDeferred(MhdShared& shared) {
  for (const auto& [id, exchange] : shared.deferred) {
    MHD_resume_connection(exchange->connection);
  }
  shared.deferred.clear();
}

Error CannotServe() {
  return {Reason::kConnect, "cannot serve HTTP: " + ErrnoText(errno)};
}

}  // namespace ipfs_peer_exporter
