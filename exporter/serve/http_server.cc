#include "exporter/serve/http_server.h"

#include <microhttpd.h>
#include <poll.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "exporter/base/errno_text.h"
#include "exporter/serve/mhd_headers.h"

namespace ipfs_peer_exporter {
namespace {

using Body = std::shared_ptr<const std::string>;

// What a connection may hold of a request: 16 KiB is four times what a browser
// sends, and 8 MiB when all connections are in use. Over-long requests get 414
// or 431 from libmicrohttpd.
constexpr std::size_t kConnectionMemory = 16 << 10;

// libmicrohttpd stops accepting at its own limit, so that has to be out of
// reach: a connection that the guard shut down still counts until the daemon's
// next turn, and one turn accepts about ten.
constexpr std::size_t kClosingConnections = 64;

// What the kernel takes of an answer at once. It would take megabytes, and in
// the time of copying those for 64 clients nobody else is answered.
constexpr int kSendBuffer = 128 << 10;

MHD_Result Queue(MHD_Connection* connection, const HttpResponse& answer) {
  // From a buffer, never from an iovec: with that one a request whose header
  // fills the connection's memory aborts the process (0.9.75).
  auto* const response = MHD_create_response_from_buffer_with_free_callback_cls(
      answer.body->size(), const_cast<char*>(answer.body->data()),
      [](void* cls) { delete static_cast<Body*>(cls); }, new Body(answer.body));
  const auto add = [response](const char* name, const std::string& value) {
    if (!value.empty()) MHD_add_response_header(response, name, value.c_str());
  };
  add(MHD_HTTP_HEADER_CONTENT_TYPE, answer.content_type);
  add(MHD_HTTP_HEADER_CONTENT_ENCODING, answer.gzip ? "gzip" : "");
  add(MHD_HTTP_HEADER_VARY, answer.may_be_gzip ? "Accept-Encoding" : "");
  add(MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  add("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.headers) add(name, value);
  const MHD_Result result = MHD_queue_response(
      connection, static_cast<unsigned>(answer.status), response);
  MHD_destroy_response(response);
  return result;
}

HttpResponse Refuse(HttpRefusal refusal) {
  HttpResponse response;
  response.status = refusal.status;
  response.body =
      std::make_shared<const std::string>(std::string(refusal.why) + "\n");
  if (refusal.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    response.headers = {{MHD_HTTP_HEADER_ALLOW, "GET, HEAD"}};
  }
  return response;
}

constexpr HttpRefusal kMethod{MHD_HTTP_METHOD_NOT_ALLOWED,
                              "Only GET and HEAD are answered here."};
constexpr HttpRefusal kTarget{MHD_HTTP_BAD_REQUEST,
                              "The target of the request is no path."};
constexpr HttpRefusal kMisread{
    MHD_HTTP_BAD_REQUEST,
    "A header has no name, a NUL byte, or goes on in a next line."};

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

Error CannotServe() {
  return {Reason::kConnect, "cannot serve HTTP: " + ErrnoText(errno)};
}

// Takes "http://host" off a target in absolute form (RFC 9112, 3.2.2).
void CutAuthority(char* target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (strncasecmp(target, scheme.data(), scheme.size()) != 0) continue;
    const char* const path = std::strchr(target + scheme.size(), '/');
    const char* const rest = path != nullptr ? path : "/";
    std::memmove(target, rest, std::strlen(rest) + 1);
    return;
  }
}

}  // namespace

// A request from its first line to the end of the answer.
struct HttpServer::Exchange {
  const char* target;  // in libmicrohttpd's buffer, until it is unescaped
  std::string path;    // decoded; empty if the target is none for GET
  std::string query;   // as it came
  bool has_blank;      // the target
  bool header_seen = false;
  bool accepts_gzip = false;
};

// Called by libmicrohttpd on the server's thread.
struct HttpServer::Callbacks {
  static void OnConnection(void* cls, MHD_Connection* connection, void**,
                           MHD_ConnectionNotificationCode code) {
    ConnectionGuard& guard = static_cast<HttpServer*>(cls)->guard_;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      guard.Opened(SocketOf(connection),
                   *MHD_get_connection_info(connection,
                                            MHD_CONNECTION_INFO_CLIENT_ADDRESS)
                        ->client_addr);
    } else {
      guard.Closed(SocketOf(connection));
    }
  }

  // Takes the query out of the request line before libmicrohttpd parses it, for
  // that has a flaw (0.9.75): an argument that finds no room in the
  // connection's memory leaves a connection that is never answered and keeps
  // the processor busy. The line is libmicrohttpd's own buffer, which its
  // parser would write to as well.
  static void* OnRequestLine(void* cls, const char* uri,
                             MHD_Connection* connection) {
    auto* const exchange = new Exchange{
        .target = uri, .path = "", .query = "", .has_blank = HasBlank(uri)};
    static_cast<HttpServer*>(cls)->begun_ = exchange;
    char* const mark = std::strchr(const_cast<char*>(uri), '?');
    if (mark != nullptr) {
      exchange->query = mark + 1;
      mark[1] = '\0';
    }
    HideContentLength(connection);
    return exchange;
  }

  // Comes next, with what is left: the target without its query. Anything else
  // is an argument that was hidden behind a NUL byte.
  static std::size_t OnUnescape(void* cls, MHD_Connection* connection,
                                char* text) {
    auto& exchange = *static_cast<HttpServer*>(cls)->begun_;
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
  // answer to the first call ends the connection: that is for bodies, which are
  // not wanted, and for what is malformed; the second call for the rest.
  static MHD_Result OnRequest(void* cls, MHD_Connection* connection,
                              const char*, const char* method,
                              const char* version, const char*, std::size_t*,
                              void** context) {
    auto& server = *static_cast<HttpServer*>(cls);
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
    server.guard_.Asked(SocketOf(connection));
    if (!refusal && !IsRead(method)) refusal = kMethod;
    if (!refusal && exchange.path.empty()) refusal = kTarget;
    return Queue(connection,
                 refusal ? Refuse(*refusal) : server.Answer(exchange));
  }

  static void OnCompleted(void*, MHD_Connection*, void** context,
                          MHD_RequestTerminationCode) {
    delete static_cast<Exchange*>(*context);
    *context = nullptr;
  }

  // Strict it is only where it says so in one answer; the older ones close the
  // connection or answer twice. Without MHD_USE_ERROR_LOG it is silent about
  // broken requests, and without MHD_OPTION_CONNECTION_TIMEOUT it leaves time
  // to the guard.
  static MHD_Daemon* Start(HttpServer* server, int listen_fd) {
    const auto limit = static_cast<unsigned>(server->limits_.connections +
                                             kClosingConnections);
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ITC, 0, nullptr, nullptr, &OnRequest, server,
        MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_STRICT_FOR_CLIENT,
        MhdIsStrict() ? 1 : 0, MHD_OPTION_CONNECTION_LIMIT, limit,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, kConnectionMemory,
        MHD_OPTION_NOTIFY_CONNECTION, &OnConnection, server,
        MHD_OPTION_URI_LOG_CALLBACK, &OnRequestLine, server,
        MHD_OPTION_UNESCAPE_CALLBACK, &OnUnescape, server,
        MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted, nullptr, MHD_OPTION_END);
  }
};

HttpResponse HttpServer::Answer(const Exchange& exchange) const {
  return handler_(
      {exchange.path, ParseQuery(exchange.query), exchange.accepts_gzip});
}

Result<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::vector<int>& listen_fds, HttpHandler handler,
    HttpLimits limits) {
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(handler), limits));
  if (server->stop_fd_ < 0) return CannotServe();
  for (const int fd : listen_fds) {
    // Connections inherit it.
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    MHD_Daemon* const daemon = Callbacks::Start(server.get(), fd);
    if (daemon == nullptr) return CannotServe();
    server->daemons_.push_back(daemon);
  }
  server->thread_ = std::thread(&HttpServer::Serve, server.get());
  return server;
}

HttpServer::HttpServer(HttpHandler handler, HttpLimits limits)
    : handler_(std::move(handler)),
      limits_(limits),
      guard_(limits),
      stop_fd_(eventfd(0, EFD_CLOEXEC)) {}

HttpServer::~HttpServer() {
  if (thread_.joinable()) {
    eventfd_write(stop_fd_, 1);
    thread_.join();
  }
  for (MHD_Daemon* daemon : daemons_) MHD_stop_daemon(daemon);
  close(stop_fd_);
}

void HttpServer::Serve() {
  std::vector<pollfd> waiting{{stop_fd_, POLLIN, 0}};
  for (MHD_Daemon* daemon : daemons_) {
    const int fd =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    waiting.push_back({fd, POLLIN, 0});
  }
  while (waiting.front().revents == 0) {
    for (MHD_Daemon* daemon : daemons_) MHD_run(daemon);
    poll(waiting.data(), waiting.size(), Timeout());
  }
}

// Milliseconds for poll.
int HttpServer::Timeout() {
  int timeout = guard_.CloseOverdue();
  for (MHD_Daemon* daemon : daemons_) {
    // Without a timeout of its own it only ever says "at once" or nothing.
    MHD_UNSIGNED_LONG_LONG unused = 0;
    if (MHD_get_timeout(daemon, &unused) == MHD_YES) timeout = 0;
  }
  return timeout;
}

}  // namespace ipfs_peer_exporter
