#include "exporter/serve/dashboard/sections.h"

#include <algorithm>
#include <cmath>

#include "exporter/base/source_names.h"
#include "exporter/serve/dashboard/family_table.h"
#include "exporter/serve/dashboard/html.h"
#include "exporter/serve/dashboard/remedy.h"

namespace ipfs_peer_exporter {
namespace {

std::string Families(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " family" : " families");
}

// "4 families · 12 s ago · took 2 ms · every 15s"
std::string MetaHtml(const CollectorView& collector, double now) {
  const auto& poll = collector.entry->poll;
  std::vector<std::string> parts;
  if (!collector.families.empty()) {
    parts.push_back(Families(collector.families.size()));
  }
  if (poll.supported) {
    parts.push_back(Age(poll.ended, now) + " ago");
    parts.push_back("took " + ReadableSpan(Seconds(poll.took)));
  }
  if (poll.interval > Duration::zero()) {
    parts.push_back("every " + FormatDuration(poll.interval));
  }
  std::string html;
  for (const auto& part : parts) html += Element("span", "part", part) + " ";
  return html;
}

std::string ErrorHtml(const CollectorView& collector, double now) {
  const auto& poll = collector.entry->poll;
  if (poll.error.empty()) return "";
  const bool over = collector.state != State::kFailed;
  std::string html = over ? "<p class=\"past\">" : "<p class=\"problem\">";
  html += "Last error";
  if (poll.error_at > 0) html += ", " + Age(poll.error_at, now) + " ago";
  html += ": " + Element("span", "error", poll.error) + " ";
  if (!over && poll.reason) {
    html += Element("span", "remedy",
                    Remedy(*poll.reason, collector.entry->source)) +
            " ";
  }
  if (!over && poll.last_success > 0) {
    html += "Last complete poll: " + Age(poll.last_success, now) + " ago.";
  }
  return html + "</p>";
}

std::string SkipsHtml(const Snapshot::Entry& entry) {
  std::string html;
  if (entry.poll.skips == nullptr) return html;
  for (const auto& skip : *entry.poll.skips) {
    html += Element("p", "skipped", skip.Text());
  }
  return html;
}

std::string CollectorHtml(const Model& model, const CollectorView& collector) {
  const auto& entry = *collector.entry;
  const bool self = entry.collector.empty();
  const std::string name = self ? "exporter" : entry.collector;
  const std::string state(Name(collector.state));
  const std::string body =
      ErrorHtml(collector, model.now) + SkipsHtml(entry) +
      FamilyTable(collector.families, "Families of " + name, model.now);
  const std::string head = "<h3>" + Escape(name) + "</h3> " +
                           Element("span", "state " + state, state) +
                           " <span class=\"meta\">" +
                           MetaHtml(collector, model.now) + "</span>";
  const std::string id = " id=\"c-" + Escape(name) + "\"";
  if (body.empty()) {
    return "<div class=\"collector empty\"" + id + ">" + head + "</div>\n";
  }
  return "<details class=\"collector\"" + id + (self ? "" : " open") +
         "><summary>" + head + "</summary>\n" + body + "</details>\n";
}

// About the height of a collector, in rows of its table.
std::size_t RowsOf(const CollectorView& collector) {
  std::size_t rows = 1;
  if (collector.entry->collector.empty()) return rows;  // closed
  for (const auto& family : collector.families) {
    rows += 1 + family.series.size() + (family.more > 0 ? 1 : 0);
  }
  return rows;
}

// Two columns of about the same height, in reading order.
std::string ColumnsHtml(const Model& model,
                        const std::vector<const CollectorView*>& collectors) {
  std::size_t all = 0;
  for (const auto* collector : collectors) all += RowsOf(*collector);
  std::string html = "<div class=\"columns\"><div>\n";
  std::size_t rows = 0;
  bool second = collectors.size() < 2;
  for (const auto* collector : collectors) {
    const auto own = RowsOf(*collector);
    if (!second && rows > 0 && 2 * rows + own > all) {
      html += "</div><div>\n";
      second = true;
    }
    rows += own;
    html += CollectorHtml(model, *collector);
  }
  return html + "</div></div>\n";
}

// "18 ok, 1 failed", in the order of the states.
std::string CountsText(const std::vector<const CollectorView*>& collectors) {
  std::string text;
  for (const auto state : {State::kFailed, State::kOk, State::kWaiting,
                           State::kPaused, State::kUnsupported}) {
    const auto count = std::ranges::count_if(
        collectors, [state](auto* one) { return one->state == state; });
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
            std::string(Name(state));
  }
  return text;
}

std::string SourceHtml(const Model& model, std::string_view source,
                       const std::string& title) {
  std::vector<const CollectorView*> collectors;
  for (const auto& collector : model.collectors) {
    if (collector.entry->source == source) collectors.push_back(&collector);
  }
  if (collectors.empty()) return "";
  // Those without values last.
  std::stable_partition(
      collectors.begin(), collectors.end(), [](const auto* one) {
        return !one->families.empty() || one->state == State::kFailed;
      });
  const std::string id = "h-" + (source.empty() ? "self" : std::string(source));
  std::string html =
      "<section aria-labelledby=\"" + id + "\"><h2 id=\"" + id + "\">" + title;
  if (!source.empty()) {
    html += " " + Element("small", "counts", CountsText(collectors));
  }
  return html + "</h2>\n" + ColumnsHtml(model, collectors) + "</section>\n";
}

}  // namespace

std::string SectionsHtml(const Model& model) {
  return SourceHtml(model, kIpfsSource, "IPFS daemon") +
         SourceHtml(model, kPeerSource, "Peers") +
         SourceHtml(model, "", "Exporter");
}

}  // namespace ipfs_peer_exporter
