#include "exporter/pages.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "exporter/text_format.h"
#include "exporter/version.h"

namespace ipfs_peer_exporter {
namespace {

HttpResponse Text(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
}

// Whether one of `families`, which are sorted by name, is a histogram that is
// printed under `name` too: x_count of the histogram x.
bool IsPartOfHistogram(std::string_view name,
                       const std::vector<const RenderedFamily*>& families) {
  for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (!name.ends_with(suffix)) continue;
    const auto base = name.substr(0, name.size() - suffix.size());
    const auto found =
        std::lower_bound(families.begin(), families.end(), base,
                         [](const auto* family, std::string_view n) {
                           return family->name < n;
                         });
    return found != families.end() && (*found)->name == base &&
           (*found)->type == prometheus::MetricType::Histogram;
  }
  return false;
}

// The families of several blocks on one page: each stands once, with the
// samples of all blocks behind its header.
std::string Join(const std::vector<Block>& blocks) {
  std::vector<const RenderedFamily*> families;
  std::size_t size = 0;
  for (const auto& block : blocks) {
    for (const auto& family : *block) {
      families.push_back(&family);
      size += family.header.size() + family.samples.size();
    }
  }
  std::stable_sort(
      families.begin(), families.end(),
      [](const auto* a, const auto* b) { return a->name < b->name; });
  std::string page;
  page.reserve(size);
  const RenderedFamily* last = nullptr;
  for (const auto* family : families) {
    // Where two peers disagree, the first has the name.
    const bool is_new = last == nullptr || family->name != last->name;
    if (!is_new && family->type != last->type) continue;
    if (IsPartOfHistogram(family->name, families)) continue;
    if (is_new) page += family->header;
    last = family;
    page += family->samples;
  }
  return page;
}

// Pages of a selection are made for each scrape anew: their number is the
// client's choice, so they are not kept.
constexpr std::string_view kCollect = "collect[]";
constexpr std::string_view kExclude = "exclude[]";

}  // namespace

// collect[]=NAME and exclude[]=NAME, where a name is that of a collector
// (ipfs.swarm) or of a source (ipfs).
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

Pages::Pages(const Store& store, ScrapeCounter& scrapes,
             std::string telemetry_path, bool ipfs)
    : store_(store),
      scrapes_(scrapes),
      telemetry_path_(std::move(telemetry_path)),
      ipfs_(ipfs) {}

HttpResponse Pages::Answer(const HttpRequest& request) {
  const auto& path = request.path;
  if (path == telemetry_path_) return Metrics("metrics", "", request);
  if (path == telemetry_path_ + "/ipfs")
    return Metrics("ipfs", "ipfs", request);
  if (path == telemetry_path_ + "/peer")
    return Metrics("peer", "peer", request);
  if (path == "/-/healthy")
    return Text(200, "ipfs_peer_exporter is healthy.\n");
  if (path == "/-/ready") return Text(200, "ipfs_peer_exporter is ready.\n");
  if (path == "/") return Landing();
  return Text(404, "Nothing is served here; the metrics are at " +
                       telemetry_path_ + ".\n");
}

std::optional<std::string> Pages::UnknownName(
    const Selection& selection) const {
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

HttpResponse Pages::Metrics(const std::string& page, std::string_view source,
                            const HttpRequest& request) {
  auto snapshot = store_.Current();
  if (snapshot != snapshot_) {
    snapshot_ = std::move(snapshot);
    joined_.clear();
  }
  const Selection selection(request);
  if (const auto unknown = UnknownName(selection)) {
    scrapes_.Count(page, 400);
    return Text(400, "No collector or source is named \"" + *unknown +
                         "\"; / lists them.\n");
  }
  // The families of the process stand on one page besides /metrics.
  const std::string_view with_process = ipfs_ ? "ipfs" : "peer";
  const auto on_page = [&](const Snapshot::Entry& entry) {
    const bool process = entry.collector.empty();
    if (source.empty()) return true;
    return process ? source == with_process : entry.source == source;
  };
  auto& kept = joined_[page];
  auto body = selection.empty() ? kept : nullptr;
  if (body == nullptr) {
    std::vector<Block> blocks;
    for (const auto& entry : snapshot_->entries) {
      if (!on_page(entry) || !selection.Holds(entry)) continue;
      blocks.insert(blocks.end(), entry.blocks.begin(), entry.blocks.end());
    }
    body = std::make_shared<const std::string>(Join(blocks));
    if (selection.empty()) kept = body;
  }
  scrapes_.Count(page, 200);
  HttpResponse response;
  response.content_type = kTextFormat;
  response.body = std::move(body);
  return response;
}

HttpResponse Pages::Landing() const {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
      "<title>ipfs_peer_exporter</title></head>\n<body>\n"
      "<h1>ipfs_peer_exporter " IPE_VERSION "</h1>\n<ul>\n";
  const auto link = [&](const std::string& path, std::string_view what) {
    html += "<li><a href=\"" + path + "\">" + path + "</a>: ";
    html.append(what).append("</li>\n");
  };
  link(telemetry_path_, "all metrics");
  link(telemetry_path_ + "/ipfs", "those of the IPFS daemon");
  link(telemetry_path_ + "/peer", "those of the peer");
  link("/-/healthy", "the exporter runs");
  link("/-/ready", "the exporter answers scrapes");
  html += "</ul>\n<h2>Collectors</h2>\n<ul>\n";
  for (const auto& entry : store_.Current()->entries) {
    if (!entry.collector.empty()) html += "<li>" + entry.collector + "</li>\n";
  }
  html += "</ul>\n</body>\n</html>\n";
  auto response = Text(200, std::move(html));
  response.content_type = "text/html; charset=utf-8";
  return response;
}

}  // namespace ipfs_peer_exporter
