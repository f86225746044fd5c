#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/serve/accept.h"
#include "exporter/serve/dashboard/dashboard.h"
#include "exporter/serve/http_server.h"
#include "exporter/serve/page_cache.h"
#include "exporter/serve/request_limit.h"
#include "exporter/store/self_metrics.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// Answers the requests for all paths. Used on the server's thread.
class Pages {
 public:
  // All arguments must outlive the object, and the object all responses to
  // requests of metrics.
  Pages(const Store& store, ScrapeCounter& scrapes, const History& history);

  HttpResponse Answer(const HttpRequest& request);

 private:
  struct Selection;
  void Renew();  // takes the current snapshot
  HttpResponse Landing(const HttpRequest& request);
  HttpResponse Metrics(const std::string& page, const HttpRequest& request);
  const AcceptedFormat& FormatOf(const std::string& accept);
  std::pair<std::string, bool> KeyOf(const std::string& page,
                                     const Selection& selection) const;
  std::vector<Block> Select(const std::string& page,
                            const Selection& selection) const;
  const std::vector<Block>* BlocksOf(const Snapshot::Entry& entry,
                                     std::string_view page) const;
  std::optional<std::string> UnknownName(const Selection& selection) const;

  const Store& store_;
  ScrapeCounter& scrapes_;
  std::shared_ptr<const Snapshot> snapshot_;  // the source of `cache_`
  PageCache cache_;
  // The last Accept header. Scrapers send the same again.
  std::string accept_;
  AcceptedFormat accepted_ = ChooseFormat("");
  RequestLimit requests_;    // of metrics
  RequestLimit dashboards_;  // of /
  Dashboard dashboard_;
};

}  // namespace ipfs_peer_exporter
