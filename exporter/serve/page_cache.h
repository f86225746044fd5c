#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exporter/store/store.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {

// The pages of one snapshot, joined on the first request for their format and
// kept until the next snapshot. A whole page is always built. Clients control
// the number of selections, so the bodies of selections share a limit in bytes;
// bodies of earlier snapshots count as long as a slow client receives them.
// Used on the server's thread.
class PageCache {
 public:
  // The limit is kMinBytes or kPages times the whole snapshot, if larger.
  static constexpr std::size_t kMinBytes = 4 << 20;
  static constexpr std::size_t kPages = 4;

  using Body = std::shared_ptr<const std::string>;

  // Equal keys mean the same bytes before compression.
  struct Key {
    std::string selection;
    Format format = Format::kText;
    auto operator<=>(const Key&) const = default;
  };

  // Drops all pages, because `snapshot` replaces the previous one.
  void Renew(const Snapshot& snapshot);

  // Returns null if Make was not called for `key`.
  Body Find(const Key& key, bool gzip);

  // Builds a page that Find did not find. Returns null if a selection would
  // exceed the limit.
  Body Make(const Key& key, bool is_whole, const std::vector<Block>& blocks,
            bool gzip);

 private:
  struct Page {
    Body plain;
    Body gzip;    // null until requested
    bool counts;  // towards the limit: a selection
  };

  std::size_t Used() const;

  std::map<Key, Page> pages_;
  std::vector<std::weak_ptr<const std::string>> earlier_;
  std::size_t max_bytes_ = kMinBytes;
};

}  // namespace ipfs_peer_exporter
