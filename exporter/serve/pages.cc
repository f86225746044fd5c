#include "exporter/serve/pages.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "exporter/base/source_names.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kAllPage = "metrics";

HttpResponse Busy(std::string text) {
  auto response = TextResponse(503, std::move(text));
  response.headers = {{"Retry-After", "1"}};
  return response;
}

// No path takes another method.
HttpResponse NotAllowed() {
  auto response = TextResponse(405, "Only GET and HEAD are supported.\n");
  response.headers = {{"Allow", "GET, HEAD"}};
  return response;
}

constexpr std::string_view kCollect = "collect[]";
constexpr std::string_view kExclude = "exclude[]";

const std::string kNoHeader;

// A collector's own page has relayed text, which has only one format.
bool HasFormats(std::string_view page) {
  return page == kAllPage || page == kIpfsSource || page == kPeerSource;
}

}  // namespace

// The query parameters collect[]=NAME and exclude[]=NAME. NAME is a collector
// (ipfs.swarm) or a source (ipfs).
struct Pages::Selection {
  explicit Selection(const HttpRequest& request) {
    for (const auto& [key, value] : request.query) {
      if (key == kCollect) collect.insert(value);
      if (key == kExclude) exclude.insert(value);
    }
  }

  bool Holds(const Snapshot::Entry& entry) const {
    const auto named = [&](const std::set<std::string>& names) {
      return names.contains(entry.collector) || names.contains(entry.source);
    };
    return (collect.empty() || named(collect)) && !named(exclude);
  }

  bool empty() const { return collect.empty() && exclude.empty(); }

  std::set<std::string> collect;
  std::set<std::string> exclude;
};

Pages::Pages(const Store& store, ScrapeCounter& scrapes, const History& history)
    : store_(store), scrapes_(scrapes), dashboard_(history) {}

HttpResponse Pages::Answer(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return NotAllowed();
  const auto& path = request.path;
  Renew();
  const std::string& telemetry_path = snapshot_->site->telemetry_path;
  if (path == telemetry_path) return Metrics(std::string(kAllPage), request);
  if (path.starts_with(telemetry_path + "/")) {
    const std::string page(path.substr(telemetry_path.size() + 1));
    const auto is_its_own = [&](const auto& entry) {
      return entry.page == page;
    };
    if (page == kIpfsSource || page == kPeerSource ||
        (!page.empty() &&
         std::ranges::any_of(snapshot_->entries, is_its_own))) {
      return Metrics(page, request);
    }
  }
  if (path == "/-/healthy")
    return TextResponse(200, "ipfs_peer_exporter is healthy.\n");
  if (path == "/-/ready")
    return TextResponse(200, "ipfs_peer_exporter is ready.\n");
  if (path == "/") return Landing(request);
  return TextResponse(
      404, "Not found; the metrics are at " + telemetry_path + ".\n");
}

HttpResponse Pages::Landing(const HttpRequest& request) {
  // A slow reader holds a page of its own.
  auto under_way = dashboards_.Begin(snapshot_->site->max_requests);
  if (under_way == nullptr) {
    return Busy(
        "Too many requests at once; --web.max-requests sets the limit.\n");
  }
  auto response = dashboard_.Answer(request, snapshot_);
  response.until_sent = std::move(under_way);
  return response;
}

std::optional<std::string> Pages::UnknownName(
    const Selection& selection) const {
  if (selection.empty()) return std::nullopt;
  std::set<std::string> known;
  for (const auto& entry : snapshot_->entries) {
    known.insert({entry.collector, entry.source});
  }
  for (const auto* names : {&selection.collect, &selection.exclude}) {
    for (const auto& name : *names) {
      if (name.empty() || !known.contains(name)) return name;
    }
  }
  return std::nullopt;
}

void Pages::Renew() {
  auto snapshot = store_.Current();
  if (snapshot == snapshot_) return;
  snapshot_ = std::move(snapshot);
  cache_.Renew(*snapshot_);
}

const AcceptedFormat& Pages::FormatOf(const std::string& accept) {
  if (accept != accept_) {
    accept_ = accept;
    accepted_ = ChooseFormat(accept);
  }
  return accepted_;
}

HttpResponse Pages::Metrics(const std::string& page,
                            const HttpRequest& request) {
  const bool has_formats = HasFormats(page);
  const auto& [format, content_type] =
      FormatOf(has_formats ? request.accept : kNoHeader);
  auto under_way = requests_.Begin(snapshot_->site->max_requests);
  if (under_way == nullptr) {
    scrapes_.Count(page, 503, format);
    return Busy(
        "Too many requests at once; --web.max-requests sets the limit.\n");
  }
  const Selection selection(request);
  if (const auto unknown = UnknownName(selection)) {
    scrapes_.Count(page, 400, format);
    return TextResponse(400, "No collector or source is named \"" + *unknown +
                                 "\"; / lists them.\n");
  }
  const bool gzip = AcceptsGzip(request.accept_encoding);
  auto [text, is_whole] = KeyOf(page, selection);
  const PageCache::Key key{std::move(text), format};
  auto body = cache_.Find(key, gzip);
  if (body == nullptr) {
    body = cache_.Make(key, is_whole, Select(page, selection), gzip);
  }
  if (body == nullptr) {
    scrapes_.Count(page, 503, format);
    return Busy(
        "Too many different selections; selections that are already cached "
        "are still served.\n");
  }
  scrapes_.Count(page, 200, format);
  HttpResponse response;
  response.content_type = content_type;
  response.body = std::move(body);
  response.may_be_gzip = true;
  response.has_formats = has_formats;
  response.gzip = gzip;
  response.until_sent = std::move(under_way);
  return response;
}

// The cache key, equal for all queries with the same result, and whether the
// result is the whole page.
std::pair<std::string, bool> Pages::KeyOf(const std::string& page,
                                          const Selection& selection) const {
  if (selection.empty()) return {page, true};
  std::string key = page + ' ';
  bool is_whole = true;
  for (const auto& entry : snapshot_->entries) {
    if (BlocksOf(entry, page) == nullptr) continue;
    const bool held = selection.Holds(entry);
    key += held ? '1' : '0';
    is_whole &= held;
  }
  return {is_whole ? page : key, is_whole};
}

std::vector<Block> Pages::Select(const std::string& page,
                                 const Selection& selection) const {
  std::vector<Block> chosen;
  for (const auto& entry : snapshot_->entries) {
    const auto* const blocks = BlocksOf(entry, page);
    if (blocks == nullptr || !selection.Holds(entry)) continue;
    chosen.insert(chosen.end(), blocks->begin(), blocks->end());
  }
  return chosen;
}

// The blocks of a collector on a page; null if the page has none of them.
const std::vector<Block>* Pages::BlocksOf(const Snapshot::Entry& entry,
                                          std::string_view page) const {
  // The exporter's own families are on one page besides /metrics.
  const std::string_view with_process =
      snapshot_->site->ipfs ? kIpfsSource : kPeerSource;
  const std::string_view belongs_to =
      entry.collector.empty() ? with_process : entry.source;
  if (page == kAllPage || page == belongs_to) return &entry.blocks;
  return page == entry.page ? &entry.on_page : nullptr;
}

}  // namespace ipfs_peer_exporter
