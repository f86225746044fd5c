#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exporter/store/store.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

// The pages of one snapshot, joined on the first request and kept until the
// next snapshot. A whole page is always made. Clients choose how many
// selections there are, so these share a bound in bytes, in which those of
// earlier snapshots count while a slow client still holds them.
class PageCache {
 public:
  // The bound: kMinBytes, or kPages times the whole snapshot if that is more.
  static constexpr std::size_t kMinBytes = 4 << 20;
  static constexpr std::size_t kPages = 4;

  using Body = std::shared_ptr<const std::string>;

  // Forgets the pages: there is a new snapshot.
  void Renew(const Snapshot& snapshot);

  // Equal keys mean the same selection of the same page. Null: not made yet.
  Body Find(const std::string& key, bool gzip);

  // Makes a page that Find did not find. Null: there is no room for one more
  // selection.
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
