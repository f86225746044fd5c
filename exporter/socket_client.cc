#include "exporter/socket_client.h"

#include <cstdlib>
#include <utility>

#include "exporter/http_client.h"

namespace ipfs_peer_exporter {

struct SocketClient::Exchange {
  SocketCall call;
  Clock::time_point deadline;
  EventLoop::TimerId timer = 0;
  curl_socket_t fd = CURL_SOCKET_BAD;
  std::string reply;
  char detail[CURL_ERROR_SIZE] = "";
};

SocketClient::SocketClient(EventLoop& loop) : loop_(loop) {}

SocketClient::~SocketClient() {
  while (!exchanges_.empty()) Close(exchanges_.begin()->first);
}

void SocketClient::Start(SocketCall call) {
  CURL* easy = curl_easy_init();
  if (easy == nullptr) std::abort();  // out of memory
  auto& exchange = *(exchanges_[easy] = std::make_unique<Exchange>());
  exchange.call = std::move(call);
  exchange.deadline = Clock::now() + exchange.call.timeout;

  const auto timeout =
      std::chrono::ceil<std::chrono::milliseconds>(exchange.call.timeout);
  curl_easy_setopt(easy, CURLOPT_URL, "http://localhost");
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
                   exchange.call.unix_socket.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout.count());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.detail);
  loop_.Add(easy, [this, easy](CURLcode code) { OnConnected(easy, code); });
}

void SocketClient::OnConnected(CURL* easy, CURLcode code) {
  auto& exchange = *exchanges_.at(easy);
  if (code != CURLE_OK) {
    long os_errno = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_errno);
    auto error = CurlError(code, os_errno, false, exchange.detail);
    if (error.reason == Reason::kAuth) {
      error.message += DescribeSocket(exchange.call.unix_socket);
    }
    return Finish(easy, std::move(error));
  }
  curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &exchange.fd);
  exchange.timer = loop_.At(exchange.deadline, [this, easy] {
    Finish(easy,
           Error{Reason::kTimeout, "the other side did not close in time"});
  });
  loop_.Watch(exchange.fd, CURL_WAIT_POLLIN,
              [this, easy] { OnReadable(easy); });
}

void SocketClient::OnReadable(CURL* easy) {
  auto& exchange = *exchanges_.at(easy);
  char buffer[16 * 1024];
  std::size_t size = 0;
  const CURLcode code = curl_easy_recv(easy, buffer, sizeof buffer, &size);
  if (code == CURLE_AGAIN) return;
  // One that closes without having read what was sent to it looks like a reset
  // behind its last byte: what came decides.
  if ((code == CURLE_OK && size == 0) ||
      (code != CURLE_OK && !exchange.reply.empty())) {
    return Finish(easy, std::move(exchange.reply));
  }
  if (code != CURLE_OK) {
    return Finish(easy, CurlError(code, 0, false, exchange.detail));
  }
  exchange.reply.append(buffer, size);
  if (exchange.reply.size() > exchange.call.max_bytes) {
    Finish(easy, Error{Reason::kTooLarge,
                       "more than " + std::to_string(exchange.call.max_bytes) +
                           " bytes"});
  }
}

void SocketClient::Close(CURL* easy) {
  const auto& exchange = *exchanges_.at(easy);
  if (exchange.fd != CURL_SOCKET_BAD) loop_.Unwatch(exchange.fd);
  loop_.Cancel(exchange.timer);
  loop_.Remove(easy);
  curl_easy_cleanup(easy);
  exchanges_.erase(easy);
}

void SocketClient::Finish(CURL* easy, Result<std::string> reply) {
  const auto done = std::move(exchanges_.at(easy)->call.done);
  Close(easy);
  done(std::move(reply));
}

}  // namespace ipfs_peer_exporter
