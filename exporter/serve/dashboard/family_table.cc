#include "exporter/serve/dashboard/family_table.h"

#include <algorithm>
#include <cmath>

#include "adapters/number.h"
#include "exporter/serve/dashboard/html.h"

namespace ipfs_peer_exporter {
namespace {

std::string LabelsHtml(std::string_view labels) {
  std::string html;
  for (const auto& [name, value] : ReadLabels(labels)) {
    if (value.empty()) continue;
    html += "<span class=\"label\"><span class=\"key\">" + Escape(name) +
            "</span> <bdi>" + Escape(value) + "</bdi></span> ";
  }
  return html;
}

void AppendValue(std::string& html, const SeriesView& series, Unit unit,
                 double now) {
  html.append("<td class=\"value\" title=\"").append(Escape(series.exact));
  if (unit == Unit::kTimestamp) html += " (" + DateOf(series.value) + ")";
  html.append("\">").append(Readable(series.value, unit, now));
  if (series.line && series.line->is_rate && series.line->now > 0) {
    html.append("<span class=\"rate\">")
        .append(ReadableRate(series.line->now, unit))
        .append("</span>");
  }
  html.append("</td><td class=\"trend\">");
  if (series.line) html += Svg(*series.line, unit, "spark", false);
  html.append("</td></tr>\n");
}

// The unit of a sample: x_count of a histogram in seconds is a number.
Unit UnitOf(const FamilyView& family, const SeriesView& series) {
  return series.name.ends_with("_count") && series.name != family.name
             ? Unit::kNone
             : family.unit;
}

// A long name may break after an underscore.
std::string Breakable(std::string_view name) {
  std::string html;
  for (const char c : Escape(name)) {
    html += c;
    if (c == '_') html += "<wbr>";
  }
  return html;
}

// Labels of the only series stand beside the name.
std::string NameHtml(const FamilyView& family, std::string_view labels) {
  std::string html =
      "<code>" + Breakable(family.name) + "</code> " + LabelsHtml(labels);
  if (!family.help.empty()) html += Element("span", "help", family.help);
  return html;
}

void AppendSeries(std::string& html, const FamilyView& family, double now) {
  for (const auto& series : family.series) {
    html += "<tr><th scope=\"row\" class=\"labels\">";
    const auto name = series.name;
    if (name != family.name) {
      html += Element("span", "part", name.substr(family.name.size()));
    }
    html += LabelsHtml(series.labels) + "</th>";
    AppendValue(html, series, UnitOf(family, series), now);
  }
}

// Bars of how many observations each bucket has.
void AppendBuckets(std::string& html, const FamilyView& family) {
  if (family.buckets.empty()) return;
  double most = 0;
  for (const auto& bucket : family.buckets) most = std::max(most, bucket.count);
  std::string text;
  std::string path;
  const double width = 120.0 / static_cast<double>(family.buckets.size());
  double x = 0;
  for (const auto& bucket : family.buckets) {
    const auto left = std::lround(x);
    const auto right = std::max(left + 1, std::lround(x += width) - 1);
    const auto height =
        most > 0 ? std::lround(std::ceil(bucket.count / most * 22)) : 0;
    if (height > 0) {
      path += "M" + std::to_string(left) + " 24v-" + std::to_string(height) +
              "H" + std::to_string(right) + "v" + std::to_string(height) + "z";
    }
    const bool finite = bucket.bound != "+Inf";
    const auto bound = ReadNumber(bucket.bound).value_or(0);
    text += (text.empty() ? "" : ", ") +
            (finite ? "up to " + Readable(bound, family.unit, 0)
                    : std::string("above")) +
            ": " + Readable(bucket.count, Unit::kNone, 0);
  }
  html += "<tr><th scope=\"row\" class=\"labels\">" +
          Element("span", "part", "_bucket") + "</th><td class=\"value\">" +
          std::to_string(family.buckets.size()) +
          " buckets</td><td class=\"trend\"><svg class=\"bars\" "
          "viewBox=\"0 0 120 24\" preserveAspectRatio=\"none\" "
          "role=\"img\"><title>" +
          Escape(text) + "</title><path d=\"" + path + "\"/></svg></td></tr>\n";
}

void AppendFamily(std::string& html, const FamilyView& family, double now) {
  html += "<tbody>";
  if (family.series.size() == 1 && family.more == 0) {
    html += "<tr class=\"first\"><th scope=\"row\">" +
            NameHtml(family, family.series.front().labels) + "</th>";
    AppendValue(html, family.series.front(), family.unit, now);
  } else {
    html += "<tr class=\"first\"><th scope=\"rowgroup\" colspan=\"3\">" +
            NameHtml(family, "") + "</th></tr>\n";
    AppendSeries(html, family, now);
    AppendBuckets(html, family);
  }
  if (family.more > 0) {
    html += "<tr><td colspan=\"3\" class=\"more\">and " +
            std::to_string(family.more) + " more series</td></tr>\n";
  }
  html += "</tbody>";
}

}  // namespace

std::string FamilyTable(const std::vector<FamilyView>& families,
                        const std::string& title, double now) {
  if (families.empty()) return "";
  std::string html =
      "<table><caption class=\"unseen\">" + Escape(title) +
      "</caption><colgroup><col><col class=\"now\"><col class=\"trend\"></colgroup>"
      "<thead class=\"unseen\"><tr>"
      "<th scope=\"col\">Family</th><th scope=\"col\">Now</th>"
      "<th scope=\"col\">Last 30 minutes</th></tr></thead>\n";
  for (const auto& family : families) AppendFamily(html, family, now);
  return html + "</table>\n";
}

}  // namespace ipfs_peer_exporter
