#include "exporter/net/curl_tls.h"

#include <string>
#include <string_view>

#include "exporter/base/small_file.h"
#include "exporter/net/authorities.h"

namespace ipfs_peer_exporter {
namespace {

// With GnuTLS, libcurl reads PEM files only by path.
bool TakesContents() {
  static const bool kTakes =
      !std::string_view(curl_version_info(CURLVERSION_NOW)->ssl_version)
           .starts_with("GnuTLS");
  return kTakes;
}

bool SetContent(CURL* easy, CURLoption option, std::string& text) {
  curl_blob blob{text.data(), text.size(), CURL_BLOB_COPY};
  return curl_easy_setopt(easy, option, &blob) == CURLE_OK;
}

// Explicitly, because libcurl's own folder would be trusted in addition to a
// file.
void SetAuthorities(CURL* easy, const Authorities& trusted) {
  const auto set = [&](CURLoption option, const std::string& path) {
    curl_easy_setopt(easy, option, path.empty() ? nullptr : path.c_str());
  };
  set(CURLOPT_CAINFO, trusted.file);
  set(CURLOPT_CAPATH, trusted.folder);
}

// Sets the files by content, so that a new certificate takes effect with the
// next call: libcurl keeps connections, sessions and authorities for equal
// contents, but also for equal paths. The path is set if the file cannot be
// read, so that libcurl reports the error, or if libcurl takes only paths. Then
// the contents are set where libcurl compares but does not read them.
void SetFiles(CURL* easy, const TlsFiles& files) {
  const struct {
    const std::string& path;
    CURLoption by_path;
    CURLoption by_content;
  } rows[] = {
      {files.ca, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB},
      {files.cert, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB},
      {files.key, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB},
  };
  std::string contents;
  for (const auto& row : rows) {
    if (row.path.empty()) continue;
    const auto read = ReadSmallFile(row.path, kMaxTlsFile);
    std::string text = read ? *read : "";
    if (!text.empty() && TakesContents() &&
        SetContent(easy, row.by_content, text += '\n')) {
      continue;
    }
    curl_easy_setopt(easy, row.by_path, row.path.c_str());
    contents += text + '\n';
  }
  if (!TakesContents() && !contents.empty()) {
    SetContent(easy, CURLOPT_SSLCERT_BLOB, contents);
  }
}

}  // namespace

void SetTls(CURL* easy, const TlsFiles& files) {
  static const Authorities kSystem = FindAuthorities();
  SetAuthorities(easy, files.ca.empty() ? kSystem : Authorities{});
  SetFiles(easy, files);
}

}  // namespace ipfs_peer_exporter
