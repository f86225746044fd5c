#include "exporter/pages.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "exporter/gzip.h"
#include "exporter/landing_page.h"
#include "exporter/text_format.h"

namespace ipfs_peer_exporter {
namespace {

HttpResponse Text(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::make_shared<const std::string>(std::move(text));
  return response;
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
  page.reserve(size);
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
  Renew();
  if (path == telemetry_path_) return Metrics("metrics", request);
  if (path.starts_with(telemetry_path_ + "/")) {
    const std::string page(path.substr(telemetry_path_.size() + 1));
    const auto is_its_own = [&](const auto& entry) {
      return entry.page == page;
    };
    if (page == "ipfs" || page == "peer" ||
        (!page.empty() &&
         std::ranges::any_of(snapshot_->entries, is_its_own))) {
      return Metrics(page, request);
    }
  }
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

void Pages::Renew() {
  auto snapshot = store_.Current();
  if (snapshot == snapshot_) return;
  snapshot_ = std::move(snapshot);
  joined_.clear();
}

HttpResponse Pages::Metrics(const std::string& page,
                            const HttpRequest& request) {
  const Selection selection(request);
  if (const auto unknown = UnknownName(selection)) {
    scrapes_.Count(page, 400);
    return Text(400, "No collector or source is named \"" + *unknown +
                         "\"; / lists them.\n");
  }
  scrapes_.Count(page, 200);
  // Pages of a selection are made anew for each scrape: how many there are is
  // the client's choice.
  Joined once;
  auto& joined = selection.empty() ? joined_[page] : once;
  if (joined.plain == nullptr) {
    joined.plain =
        std::make_shared<const std::string>(Join(Select(page, selection)));
  }
  HttpResponse response;
  response.content_type = kTextFormat;
  response.body = joined.plain;
  response.may_be_gzip = true;
  if (request.accepts_gzip) {
    if (joined.gzip == nullptr) {
      joined.gzip = std::make_shared<const std::string>(Gzip(*joined.plain));
    }
    response.body = joined.gzip;
    response.gzip = true;
  }
  return response;
}

std::vector<Block> Pages::Select(const std::string& page,
                                 const Selection& selection) const {
  // The families of the process stand on one page besides /metrics.
  const std::string_view with_process = ipfs_ ? "ipfs" : "peer";
  std::vector<Block> blocks;
  for (const auto& entry : snapshot_->entries) {
    if (!selection.Holds(entry)) continue;
    const auto& belongs_to =
        entry.collector.empty() ? with_process : entry.source;
    if (page == "metrics" || page == belongs_to) {
      blocks.insert(blocks.end(), entry.blocks.begin(), entry.blocks.end());
    } else if (page == entry.page) {
      blocks.insert(blocks.end(), entry.on_page.begin(), entry.on_page.end());
    }
  }
  return blocks;
}

HttpResponse Pages::Landing() const {
  const std::chrono::duration<double> now =
      std::chrono::system_clock::now().time_since_epoch();
  auto response =
      Text(200, LandingPage(*snapshot_, telemetry_path_, now.count()));
  response.content_type = "text/html; charset=utf-8";
  return response;
}

}  // namespace ipfs_peer_exporter
