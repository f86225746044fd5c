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

// A request from its first line to the end of the answer.
struct Exchange {
  const char* target;  // in libmicrohttpd's buffer, until it is unescaped
  std::string path;    // decoded; empty if the target is not a path
  std::string query;   // as it came
  bool has_blank;      // in the target
  bool header_seen = false;
  bool accepts_gzip = false;
};

namespace {

// Memory of a connection for its request: 16 KiB is four times what a browser
// sends, and 8 MiB if all connections are in use. libmicrohttpd answers longer
// requests with 414 or 431.
constexpr std::size_t kConnectionMemory = 16 << 10;

// libmicrohttpd stops accepting at its own limit, so that has to be out of
// reach: a connection that the guard shut down still counts until the daemon's
// next turn, and one turn accepts about ten.
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

// What libmicrohttpd calls, on the server's thread.

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

// Takes the query out of the request line before libmicrohttpd parses it,
// because 0.9.75 has a flaw: an argument that finds no room in the
// connection's memory leaves a connection that is never answered and keeps
// the processor busy. The line is in libmicrohttpd's own buffer, to which its
// parser would write as well. CheckMhd tests that this works.
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

// Comes next, with the target without its query. Anything else is an argument
// that was hidden behind a NUL byte.
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

// Called at the end of the header, and again at the end of the request. An
// answer to the first call ends the connection, so requests with a body and
// malformed ones are answered then, all others in the second call.
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
    exchange.accepts_gzip =
        AcceptsGzip(headers.Get(MHD_HTTP_HEADER_ACCEPT_ENCODING));
    if (!refusal && !headers.HasBody()) return MHD_YES;
  }
  shared.guard.Asked(SocketOf(connection), Clock::now());
  if (!refusal && !IsRead(method)) refusal = kMethod;
  if (!refusal && exchange.path.empty()) refusal = kTarget;
  return QueueAnswer(
      connection,
      refusal ? AnswerFor(*refusal)
              : shared.handler({exchange.path, ParseQuery(exchange.query),
                                exchange.accepts_gzip}));
}

void OnCompleted(void*, MHD_Connection*, void** context,
                 MHD_RequestTerminationCode) {
  delete static_cast<Exchange*>(*context);
  *context = nullptr;
}

}  // namespace

// Strict only from 1.0 on, which then refuses with one answer; older versions
// close the connection or answer twice. Without MHD_USE_ERROR_LOG it logs
// nothing about broken requests, and without MHD_OPTION_CONNECTION_TIMEOUT it
// leaves deadlines to the guard.
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
