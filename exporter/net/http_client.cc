#include "exporter/net/http_client.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "exporter/base/version.h"
#include "exporter/net/connect_retry.h"
#include "exporter/net/socket_client.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxHeader = 1024;
constexpr std::size_t kMaxShown = 200;  // of a header in a message

// The value of a header's line if the header has this name.
std::optional<std::string_view> HeaderValue(std::string_view line,
                                            std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      strncasecmp(line.data(), name.data(), name.size()) != 0) {
    return std::nullopt;
  }
  constexpr std::string_view kSpace = " \t\r\n";
  line.remove_prefix(name.size() + 1);
  line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
  line = line.substr(0, line.find_last_not_of(kSpace) + 1);
  return line.substr(0, kMaxHeader);
}

std::string Shown(const std::string& header) {
  if (header.size() <= kMaxShown) return header;
  return header.substr(0, kMaxShown) + "…";
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

// Why libcurl says an exchange failed. `began` tells whether any byte of a
// reply had come; `detail` is its own text.
Error CurlError(CURLcode code, bool began, const char* detail) {
  const std::string text =
      detail[0] != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {Reason::kTimeout, text};
    case CURLE_FILESIZE_EXCEEDED:
      return {Reason::kTooLarge, text};
    case CURLE_PARTIAL_FILE:
      return {Reason::kStream, text};
    case CURLE_UNSUPPORTED_PROTOCOL:  // "Received HTTP/0.9 when not allowed"
    case CURLE_WEIRD_SERVER_REPLY:
      return {Reason::kParse, text};
    default:
      return {began ? Reason::kStream : Reason::kConnect, text};
  }
}

long OsErrno(CURL* easy) {
  long result = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &result);
  return result;
}

// libcurl takes EAGAIN of connect() for a connection that is being made, asks
// the socket for its error and then reports that: none.
bool IsQueueFull(const HttpAddress& address, int code, long os_errno) {
  return code == CURLE_COULDNT_CONNECT && !address.unix_socket.empty() &&
         (os_errno == 0 || os_errno == EAGAIN);
}

void SetIdentity(CURL* easy, const HttpCall& call) {
  const auto set = [easy](CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(easy, option, value.c_str());
  };
  if (!call.credentials.bearer.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
  }
  set(CURLOPT_XOAUTH2_BEARER, call.credentials.bearer);
  set(CURLOPT_USERPWD, call.credentials.user_password);
  set(CURLOPT_CAINFO, call.tls.ca);
  set(CURLOPT_SSLCERT, call.tls.cert);
  set(CURLOPT_SSLKEY, call.tls.key);
}

}  // namespace

Error NotAsked(const std::string& coding) {
  return {Reason::kParse,
          "the body is " + coding + ", which was not asked for"};
}

struct HttpClient::Transfer {
  Transfer(HttpCall its_call, const ConnectRetry& its_retry)
      : call(std::move(its_call)), retry(its_retry), easy(curl_easy_init()) {
    if (easy == nullptr) std::abort();  // out of memory
  }
  ~Transfer() { curl_easy_cleanup(easy); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void SetUp();
  void Fail(CURLcode code, bool queue_is_full);
  static std::size_t OnBody(char* bytes, std::size_t, std::size_t size,
                            void* transfer);
  static std::size_t OnHeader(char* bytes, std::size_t, std::size_t size,
                              void* transfer);

  HttpCall call;
  HttpResult result;
  ConnectRetry retry;
  CURL* const easy;
  EventLoop::TimerId timer = 0;  // of the next attempt to connect
  std::string location = {};     // of the headers
  std::string coding = {};
  bool began = false;
  char detail[CURL_ERROR_SIZE] = "";
};

HttpClient::HttpClient(EventLoop& loop) : loop_(loop) {}

HttpClient::~HttpClient() {
  while (!transfers_.empty()) Cancel(transfers_.begin()->first);
}

std::size_t HttpClient::Transfer::OnBody(char* bytes, std::size_t,
                                         std::size_t size, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  if (transfer.result.status == 200 && !transfer.coding.empty() &&
      strcasecmp(transfer.coding.c_str(), "Identity") != 0) {
    transfer.result.error = NotAsked(Shown(transfer.coding));
    return 0;
  }
  auto status = transfer.call.on_body(transfer.result.status, {bytes, size});
  if (status) return size;
  transfer.result.error = status.error();
  return 0;
}

std::size_t HttpClient::Transfer::OnHeader(char* bytes, std::size_t,
                                           std::size_t size, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  transfer.began = true;
  std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) {
    line.remove_prefix(std::min(line.find(' ') + 1, size));
    std::from_chars(line.data(), line.data() + line.size(),
                    transfer.result.status);
  } else if (const auto error = HeaderValue(line, "X-Stream-Error")) {
    transfer.result.stream_error = *error;
  } else if (const auto location = HeaderValue(line, "Location")) {
    transfer.location = *location;
  } else if (const auto coding = HeaderValue(line, "Content-Encoding")) {
    transfer.coding = *coding;
  }
  return size;
}

void HttpClient::Transfer::SetUp() {
  const auto& address = call.address;
  const auto url = address.base + call.path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  if (!address.unix_socket.empty()) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
                     address.unix_socket.c_str());
  }
  if (call.post) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
  }
  SetIdentity(easy, call);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(call.max_bytes));
  // Kubo refuses agents that look like another version of itself.
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "ipfs_peer_exporter/" IPE_VERSION);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

// Why there was no complete exchange, unless `on_body` has said it.
void HttpClient::Transfer::Fail(CURLcode code, bool queue_is_full) {
  if (result.error) return;
  const auto& socket = call.address.unix_socket;
  if (queue_is_full) {
    result.error = QueueIsFull(socket);
  } else if (code == CURLE_COULDNT_CONNECT && !socket.empty()) {
    result.error = SocketError(socket, static_cast<int>(OsErrno(easy)));
  } else {
    result.error = CurlError(code, began, detail);
  }
}

HttpClient::CallId HttpClient::Start(HttpCall call) {
  const ConnectRetry retry(Clock::now() + call.timeout);
  const CallId id = next_call_++;
  const auto added = transfers_.emplace(
      id, std::make_unique<Transfer>(std::move(call), retry));
  added.first->second->SetUp();
  Run(added.first);
  return id;
}

void HttpClient::Cancel(CallId call) {
  const auto found = transfers_.find(call);
  if (found == transfers_.end()) return;
  loop_.Cancel(found->second->timer);
  loop_.Remove(found->second->easy);
  transfers_.erase(found);
}

void HttpClient::Run(Handle handle) {
  using std::chrono::milliseconds;
  const auto& transfer = *handle->second;
  const auto left = transfer.retry.deadline() - Clock::now();
  curl_easy_setopt(
      transfer.easy, CURLOPT_TIMEOUT_MS,
      std::max(milliseconds(1), std::chrono::ceil<milliseconds>(left)).count());
  loop_.Add(transfer.easy, [this, handle](int code) { Finish(handle, code); });
}

// Tries again to connect, later; false: there is no time left.
bool HttpClient::Retry(Handle handle) {
  auto& transfer = *handle->second;
  const auto now = Clock::now();
  if (transfer.retry.IsOver(now)) return false;
  loop_.Remove(transfer.easy);
  transfer.timer =
      loop_.At(transfer.retry.Next(now), [this, handle] { Run(handle); });
  return true;
}

void HttpClient::Finish(Handle handle, int code) {
  auto& transfer = *handle->second;
  auto& result = transfer.result;
  const bool full =
      IsQueueFull(transfer.call.address, code, OsErrno(transfer.easy));
  if (full && Retry(handle)) return;
  if (code != CURLE_OK) {
    transfer.Fail(static_cast<CURLcode>(code), full);
  } else if (!transfer.location.empty() && IsRedirect(result.status)) {
    result.error = {Reason::kHttpStatus,
                    "HTTP " + std::to_string(result.status) + ": moved to " +
                        Shown(transfer.location) +
                        "; redirects are not followed"};
  }
  loop_.Remove(transfer.easy);
  const auto node = transfers_.extract(handle);
  transfer.call.done(result);
}

}  // namespace ipfs_peer_exporter
