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

// A request, from its first line to the end of the response.
struct Exchange {
  const char* target;  // in libmicrohttpd's buffer; valid until unescaped
  std::string path;    // decoded; empty if the target is not a path
  std::string query;   // not decoded
  bool has_blank;      // in the target
  bool header_seen = false;
  std::string accept = {};
  std::string accept_encoding = {};
};

namespace {

// Memory per connection for its request: four times what a browser sends, and
// 8 MiB in all if every connection is in use. libmicrohttpd answers a longer
// request with 414 or 431.
constexpr std::size_t kConnectionMemory = 16 << 10;

// libmicrohttpd stops accepting at its own limit, which therefore must not be
// reached: a connection that the guard shut down still counts until the next
// MHD_run, and one MHD_run accepts about ten connections.
constexpr std::size_t kClosingConnections = 64;

constexpr HttpRefusal kMethod{MHD_HTTP_METHOD_NOT_ALLOWED,
                              "Only GET and HEAD are supported."};
constexpr HttpRefusal kTarget{MHD_HTTP_BAD_REQUEST,
                              "The target of the request is not a path."};
constexpr HttpRefusal kMisread{
    MHD_HTTP_BAD_REQUEST,
    "A header has no name, holds a NUL byte, or continues on another line."};

bool HasBlank(const char* target) {
  return std::strpbrk(target, " \t") != nullptr;
}

bool IsRead(const char* method) {
  return std::strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
         std::strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
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
      .target = uri, .path = "", .query = "", .has_blank = HasBlank(uri)};
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

// Called at the end of the header, and again at the end of the request. A
// response queued in the first call ends the connection, so the first call
// answers malformed requests and requests with a body, and the second call all
// others.
MHD_Result OnRequest(void* cls, MHD_Connection* connection, const char*,
                     const char* method, const char* version, const char*,
                     std::size_t*, void** context) {
  auto& shared = *static_cast<MhdShared*>(cls);
  auto& exchange = *static_cast<Exchange*>(*context);
  std::optional<HttpRefusal> refusal;
  if (!std::exchange(exchange.header_seen, true)) {
    const auto [headers, misread] = ReadHeaders(connection, method, version);
    refusal = headers.Refusal(std::strcmp(version, "HTTP/1.0") != 0);
    if (!refusal && misread) refusal = kMisread;
    if (!refusal && exchange.has_blank) refusal = kTarget;
    exchange.accept = headers.Get(MHD_HTTP_HEADER_ACCEPT);
    exchange.accept_encoding = headers.Get(MHD_HTTP_HEADER_ACCEPT_ENCODING);
    if (!refusal && !headers.HasBody()) return MHD_YES;
  }
  shared.guard.Asked(SocketOf(connection), Clock::now());
  if (!refusal && !IsRead(method)) refusal = kMethod;
  if (!refusal && exchange.path.empty()) refusal = kTarget;
  return QueueAnswer(
      connection,
      refusal ? AnswerFor(*refusal)
              : shared.handler({exchange.path, ParseQuery(exchange.query),
                                exchange.accept, exchange.accept_encoding}));
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
      MHD_USE_EPOLL | MHD_USE_ITC | (listens ? 0 : MHD_USE_NO_LISTEN_SOCKET), 0,
      nullptr, nullptr, &OnRequest, &shared, MHD_OPTION_ARRAY, listening,
      MHD_OPTION_STRICT_FOR_CLIENT, MhdIsStrict() ? 1 : 0,
      MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      kConnectionMemory, MHD_OPTION_NOTIFY_CONNECTION, &OnConnection, &shared,
      MHD_OPTION_URI_LOG_CALLBACK, &OnRequestLine, &shared,
      MHD_OPTION_UNESCAPE_CALLBACK, &OnUnescape, &shared,
      MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted, nullptr, MHD_OPTION_END);
}

Error CannotServe() {
  return {Reason::kConnect, "cannot serve HTTP: " + ErrnoText(errno)};
}

}  // namespace ipfs_peer_exporter
