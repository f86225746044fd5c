#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exporter/store/store.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

// The pages of one snapshot, joined when they are first asked for and kept
// until the next snapshot. A whole page is always made; how many selections
// there are is the clients' choice, so together they have a bound in bytes.
// What a slow client still holds of an earlier snapshot counts.
class PageCache {
 public:
  // The bound: so much, or four times all that is known if that is more.
  static constexpr std::size_t kMinBytes = 4 << 20;
  static constexpr std::size_t kPages = 4;

  using Body = std::shared_ptr<const std::string>;

  // Forgets the pages: there is a new snapshot.
  void Renew(const Snapshot& snapshot);

  // Equal keys are the same choice of the same page. Null: not made yet.
  Body Find(const std::string& key, bool gzip);

  // Makes what Find did not find, of all on a page or of a selection. Null:
  // there is no room for one more selection.
  Body Make(const std::string& key, bool is_whole,
            const std::vector<Block>& blocks, bool gzip);

 private:
  struct Page {
    Body plain;
    Body gzip;  // null until it is asked for
    bool counts;
  };

  std::size_t Used() const;

  std::map<std::string, Page> pages_;
  std::vector<std::weak_ptr<const std::string>> earlier_;
  std::size_t max_bytes_ = kMinBytes;
};

}  // namespace ipfs_peer_exporter
