#pragma once

#include <curl/curl.h>

#include <string>

#include "exporter/net/http_call.h"

namespace ipfs_peer_exporter {

// One exchange over HTTP: the handle of libcurl, what the call makes of it, and
// what came of it.
class HttpTransfer {
 public:
  explicit HttpTransfer(HttpCall call);
  ~HttpTransfer() { curl_easy_cleanup(easy_); }
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  CURL* easy() const { return easy_; }
  const HttpCall& call() const { return call_; }

  // How long it may take from here on.
  void SetTimeout(Duration timeout);

  // Whether it ended because the queue of a Unix socket's listener is full.
  bool IsQueueFull(CURLcode code) const;

  // The result of a transfer that ended with this code.
  HttpResult End(CURLcode code);

 private:
  static std::size_t OnBody(char* bytes, std::size_t, std::size_t size,
                            void* transfer);
  static std::size_t OnHeader(char* bytes, std::size_t, std::size_t size,
                              void* transfer);
  void SetIdentity();
  long OsErrno() const;
  Error WhyFailed(CURLcode code) const;

  const HttpCall call_;
  CURL* const easy_;
  HttpResult result_;
  std::string location_;  // of the headers
  std::string coding_;
  bool began_ = false;  // a byte of a reply has come
  char detail_[CURL_ERROR_SIZE] = "";
};

}  // namespace ipfs_peer_exporter
