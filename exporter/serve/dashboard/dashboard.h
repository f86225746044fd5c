#pragma once

#include <memory>
#include <string>

#include "exporter/serve/http_message.h"
#include "exporter/store/history.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// The page at /: an overview of node and training, every family with its last
// 30 minutes, and the configuration in force. It loads no other resource. Used
// on the server's thread.
class Dashboard {
 public:
  enum class Form {
    kPage,   // HTML
    kPart,   // the HTML that the page's script fetches: <nav> and <main>
    kPlain,  // text for a terminal
  };
  using Body = std::shared_ptr<const std::string>;

  // `history` must outlive the object.
  explicit Dashboard(const History& history) : history_(history) {}

  // The response to a request for /, in the form that it asks for: ?part,
  // ?plain, HTML for a client that accepts it, and text for others (curl).
  HttpResponse Answer(const HttpRequest& request,
                      const std::shared_ptr<const Snapshot>& snapshot);

  // The dashboard of the snapshot; `now` is in seconds since 1970. Rendered
  // again for another snapshot, and at most once a second to update ages.
  Body Get(Form form, const std::shared_ptr<const Snapshot>& snapshot,
           double now);

  // The Content-Security-Policy of the page: only its own style and script, by
  // hash.
  static const std::string& Policy();

 private:
  struct Made {
    Body body;
    double second = -1;
  };

  const History& history_;
  std::shared_ptr<const Snapshot> snapshot_;  // the source of `made_`
  Made made_[3];
};

}  // namespace ipfs_peer_exporter
