#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/http_server.h"
#include "exporter/self_metrics.h"
#include "exporter/store.h"

namespace ipfs_peer_exporter {

// What is served under which path. Lives on the server's thread; a page is
// joined when it is first asked for and kept until the next snapshot.
class Pages {
 public:
  // `ipfs` says whether a daemon is polled: the page that carries the families
  // of the process depends on it.
  Pages(const Store& store, ScrapeCounter& scrapes, std::string telemetry_path,
        bool ipfs);

  HttpResponse Answer(const HttpRequest& request);

 private:
  struct Selection;
  struct Joined {  // null until it is asked for
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> gzip;
  };

  void Renew();  // takes the current snapshot
  HttpResponse Metrics(const std::string& page, const HttpRequest& request);
  std::vector<Block> Select(const std::string& page,
                            const Selection& selection) const;
  HttpResponse Landing() const;
  std::optional<std::string> UnknownName(const Selection& selection) const;

  const Store& store_;
  ScrapeCounter& scrapes_;
  const std::string telemetry_path_;
  const bool ipfs_;
  std::shared_ptr<const Snapshot> snapshot_;  // the one `joined_` is made of
  std::map<std::string, Joined> joined_;
};

}  // namespace ipfs_peer_exporter
