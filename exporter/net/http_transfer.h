#pragma once

#include <curl/curl.h>

#include <string>

#include "exporter/net/http_call.h"

namespace ipfs_peer_exporter {

// One HTTP exchange: a libcurl handle, set up for the call, and its result.
class HttpTransfer {
 public:
  explicit HttpTransfer(HttpCall call);
  ~HttpTransfer() { curl_easy_cleanup(easy_); }
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  CURL* easy() const { return easy_; }
  const HttpCall& call() const { return call_; }

  // Limits the exchange to this time from now on.
  void SetTimeout(Duration timeout);

  // Whether it failed because the queue of a Unix socket's listener is full.
  // Asked after each attempt, because the last one may end in a timeout.
  bool IsQueueFull(CURLcode code);

  // The result of a transfer that ended with this code.
  HttpResult End(CURLcode code);

 private:
  static std::size_t OnBody(char* bytes, std::size_t, std::size_t size,
                            void* transfer);
  static std::size_t OnHeader(char* bytes, std::size_t, std::size_t size,
                              void* transfer);
  void SetIdentity();
  long OsErrno() const;
  Error WhyFailed(CURLcode code);

  const HttpCall call_;
  CURL* const easy_;
  HttpResult result_;
  std::string location_;   // of the header Location
  std::string coding_;     // of Content-Encoding
  bool began_ = false;     // whether a byte of a reply arrived
  bool was_full_ = false;  // the queue, at the last attempt to connect
  char detail_[CURL_ERROR_SIZE] = "";
};

}  // namespace ipfs_peer_exporter
