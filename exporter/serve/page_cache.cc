#include "exporter/serve/page_cache.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "exporter/serve/gzip.h"

namespace ipfs_peer_exporter {
namespace {

std::size_t SizeOf(const std::vector<Block>& blocks) {
  std::size_t size = 0;
  for (const auto& block : blocks) {
    for (const auto& family : *block) {
      size += family.header.size() + family.samples.size();
    }
  }
  return size;
}

bool IsOneValue(const RenderedFamily& family) {
  return family.type != prometheus::MetricType::Histogram &&
         family.type != prometheus::MetricType::Summary;
}

// Families of one name. Where peers disagree about its type it is untyped;
// where one says a histogram or summary, those of the first one's type remain.
void AppendFamily(std::string& page,
                  std::span<const RenderedFamily* const> of) {
  const auto& first = *of.front();
  const auto agrees = [&](const auto* other) {
    return other->type == first.type;
  };
  const bool joinable = std::ranges::all_of(
      of, [](const auto* family) { return IsOneValue(*family); });
  page += first.header;
  if (joinable && !std::ranges::all_of(of, agrees)) {
    page.resize(page.rfind(' ') + 1);  // behind it stands the type
    page += "untyped\n";
  }
  for (const auto* family : of) {
    if (joinable || agrees(family)) page += family->samples;
  }
}

// The families of several blocks on one page: each stands once, with the
// samples of all blocks behind its header.
std::string Join(const std::vector<Block>& blocks) {
  std::vector<const RenderedFamily*> families;
  for (const auto& block : blocks) {
    for (const auto& family : *block) families.push_back(&family);
  }
  std::stable_sort(
      families.begin(), families.end(),
      [](const auto* a, const auto* b) { return a->name < b->name; });
  const auto type_of =
      [&](std::string_view name) -> std::optional<prometheus::MetricType> {
    const auto found =
        std::lower_bound(families.begin(), families.end(), name,
                         [](const auto* family, std::string_view n) {
                           return family->name < n;
                         });
    if (found == families.end() || (*found)->name != name) return std::nullopt;
    return (*found)->type;
  };
  std::string page;
  page.reserve(SizeOf(blocks));
  for (auto at = families.begin(); at != families.end();) {
    const auto* const first = *at;
    const auto end = std::find_if(at, families.end(), [&](const auto* family) {
      return family->name != first->name;
    });
    if (!IsPartOfFamily(first->name, type_of)) AppendFamily(page, {at, end});
    at = end;
  }
  return page;
}

}  // namespace

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
    used += key.size() + sizeof(Page) + page.plain->size();
    if (page.gzip != nullptr) used += page.gzip->size();
  }
  return used;
}

PageCache::Body PageCache::Find(const std::string& key, bool gzip) {
  const auto found = pages_.find(key);
  if (found == pages_.end()) return nullptr;
  Page& page = found->second;
  if (!gzip) return page.plain;
  if (page.gzip == nullptr) {
    page.gzip = std::make_shared<const std::string>(Gzip(*page.plain));
  }
  return page.gzip;
}

PageCache::Body PageCache::Make(const std::string& key, bool is_whole,
                                const std::vector<Block>& blocks, bool gzip) {
  // A gzip form comes on top: what has room is served in both.
  if (!is_whole && Used() + SizeOf(blocks) > max_bytes_) return nullptr;
  auto plain = std::make_shared<const std::string>(Join(blocks));
  pages_.emplace(key, Page{std::move(plain), nullptr, !is_whole});
  return Find(key, gzip);
}

}  // namespace ipfs_peer_exporter
