#include "exporter/net/http_transfer.h"

#include <strings.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "exporter/base/version.h"
#include "exporter/net/connect_retry.h"
#include "exporter/net/curl_tls.h"
#include "exporter/net/socket_client.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxHeader = 1024;
constexpr std::size_t kMaxShown = 200;  // of a header in a message

// The value of a header line if its name is `name`.
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

// The error of an exchange that libcurl ended with `code`. `began` is whether
// any byte of a reply arrived; `detail` is libcurl's own text, which may be
// empty.
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

}  // namespace

HttpTransfer::HttpTransfer(HttpCall call)
    : call_(std::move(call)), easy_(curl_easy_init()) {
  if (easy_ == nullptr) std::abort();  // out of memory
  const auto& address = call_.address;
  const auto url = address.base + call_.path;
  curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
  if (!address.unix_socket.empty()) {
    curl_easy_setopt(easy_, CURLOPT_UNIX_SOCKET_PATH,
                     address.unix_socket.c_str());
  }
  if (call_.post) {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, "");
  }
  SetIdentity();
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_MAXFILESIZE_LARGE,
                   static_cast<curl_off_t>(call_.max_bytes));
  // Kubo refuses agents that look like another version of itself.
  curl_easy_setopt(easy_, CURLOPT_USERAGENT,
                   ("ipfs_peer_exporter/" + std::string(kVersion)).c_str());
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, detail_);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
}

std::size_t HttpTransfer::OnBody(char* bytes, std::size_t, std::size_t size,
                                 void* data) {
  auto& transfer = *static_cast<HttpTransfer*>(data);
  if (transfer.result_.status == 200 && !transfer.coding_.empty() &&
      strcasecmp(transfer.coding_.c_str(), "Identity") != 0) {
    transfer.result_.error = NotAsked(Shown(transfer.coding_));
    return 0;
  }
  auto status = transfer.call_.on_body(transfer.result_.status, {bytes, size});
  if (status) return size;
  transfer.result_.error = status.error();
  return 0;
}

std::size_t HttpTransfer::OnHeader(char* bytes, std::size_t, std::size_t size,
                                   void* data) {
  auto& transfer = *static_cast<HttpTransfer*>(data);
  transfer.began_ = true;
  std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) {
    line.remove_prefix(std::min(line.find(' ') + 1, size));
    std::from_chars(line.data(), line.data() + line.size(),
                    transfer.result_.status);
  } else if (const auto error = HeaderValue(line, "X-Stream-Error")) {
    transfer.result_.stream_error = *error;
  } else if (const auto location = HeaderValue(line, "Location")) {
    transfer.location_ = *location;
  } else if (const auto coding = HeaderValue(line, "Content-Encoding")) {
    transfer.coding_ = *coding;
  }
  return size;
}

void HttpTransfer::SetIdentity() {
  const auto set = [this](CURLoption option, const std::string& value) {
    if (!value.empty()) curl_easy_setopt(easy_, option, value.c_str());
  };
  if (!call_.credentials.bearer.empty()) {
    curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
  }
  set(CURLOPT_XOAUTH2_BEARER, call_.credentials.bearer);
  set(CURLOPT_USERPWD, call_.credentials.user_password);
  SetTls(easy_, call_.tls);
}

void HttpTransfer::SetTimeout(Duration timeout) {
  // In the type that curl reads.
  using Milliseconds = std::chrono::duration<long, std::milli>;
  const auto rounded = std::chrono::ceil<Milliseconds>(timeout);
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS,
                   std::max(Milliseconds(1), rounded).count());
}

long HttpTransfer::OsErrno() const {
  long result = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &result);
  return result;
}

// libcurl treats EAGAIN of connect() as a connection in progress, then reads
// the socket's error, which is 0, and reports that. On a slow machine the time
// of the last attempt may end in between.
bool HttpTransfer::IsQueueFull(CURLcode code) {
  if (call_.address.unix_socket.empty()) return false;
  if (code == CURLE_COULDNT_CONNECT) {
    was_full_ = OsErrno() == 0 || OsErrno() == EAGAIN;
    return was_full_;
  }
  curl_off_t connected = 0;
  curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME_T, &connected);
  return was_full_ && code == CURLE_OPERATION_TIMEDOUT && connected == 0;
}

HttpResult HttpTransfer::End(CURLcode code) {
  if (code != CURLE_OK) {
    if (!result_.error) result_.error = WhyFailed(code);
  } else if (!location_.empty() && IsRedirect(result_.status)) {
    result_.error = {Reason::kHttpStatus,
                     "HTTP " + std::to_string(result_.status) + ": moved to " +
                         Shown(location_) + "; redirects are not followed"};
  }
  return std::move(result_);
}

Error HttpTransfer::WhyFailed(CURLcode code) {
  const auto& socket = call_.address.unix_socket;
  if (IsQueueFull(code)) return QueueIsFull(socket);
  if (code == CURLE_COULDNT_CONNECT && !socket.empty()) {
    return SocketError(socket, static_cast<int>(OsErrno()));
  }
  return CurlError(code, began_, detail_);
}

}  // namespace ipfs_peer_exporter
