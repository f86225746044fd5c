#include "exporter/serve/page_cache.h"

#include <algorithm>
#include <utility>

#include "exporter/serve/gzip.h"
#include "exporter/serve/join.h"

namespace ipfs_peer_exporter {

void PageCache::Renew(const Snapshot& snapshot) {
  for (const auto& [key, page] : pages_) {
    if (!page.counts) continue;
    earlier_.push_back(page.plain);
    if (page.gzip != nullptr) earlier_.push_back(page.gzip);
  }
  pages_.clear();
  std::erase_if(earlier_, [](const auto& body) { return body.expired(); });
  std::size_t size = 0;
  for (const auto& entry : snapshot.entries) {
    size += SizeOf(entry.blocks) + SizeOf(entry.on_page);
  }
  max_bytes_ = std::max(kMinBytes, kPages * size);
}

std::size_t PageCache::Used() const {
  std::size_t used = 0;
  for (const auto& body : earlier_) {
    if (const auto held = body.lock()) used += held->size();
  }
  for (const auto& [key, page] : pages_) {
    if (!page.counts) continue;
    used += key.selection.size() + sizeof(Page) + page.plain->size();
    if (page.gzip != nullptr) used += page.gzip->size();
  }
  return used;
}

PageCache::Body PageCache::Find(const Key& key, bool gzip) {
  const auto found = pages_.find(key);
  if (found == pages_.end()) return nullptr;
  Page& page = found->second;
  if (!gzip) return page.plain;
  if (page.gzip == nullptr) {
    page.gzip = std::make_shared<const std::string>(Gzip(*page.plain));
  }
  return page.gzip;
}

PageCache::Body PageCache::Make(const Key& key, bool is_whole,
                                const std::vector<Block>& blocks, bool gzip) {
  // The gzip form, built later, may exceed the limit.
  if (!is_whole && Used() + SizeOf(blocks) > max_bytes_) return nullptr;
  auto plain = std::make_shared<const std::string>(Join(blocks, key.format));
  pages_.emplace(key, Page{std::move(plain), nullptr, !is_whole});
  return Find(key, gzip);
}

}  // namespace ipfs_peer_exporter
