#include "exporter/store/text_format.h"

#include <algorithm>
#include <utility>

#include "exporter/store/open_metrics.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr std::string_view kHelp = "# HELP ";

// HELP text escapes backslash and line feed; a label value also the quote.
void AppendEscaped(std::string& out, std::string_view text, bool quote) {
  std::size_t from = 0;  // what is before it is appended
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '\\' && c != '\n' && (c != '"' || !quote)) continue;
    out += text.substr(from, i - from);
    out += '\\';
    out += c == '\n' ? 'n' : c;
    from = i + 1;
  }
  out += text.substr(from);
}

void AppendLabel(std::string& out, char before, std::string_view name,
                 std::string_view value) {
  out += before;
  out += name;
  out += "=\"";
  AppendEscaped(out, value, true);
  out += '"';
}

// A label that the format itself adds: le or quantile.
struct ExtraLabel {
  std::string_view name;
  std::string value;
};

void AppendSample(std::string& out, std::string_view name,
                  std::string_view suffix, const ClientMetric& metric,
                  double value, const ExtraLabel* extra = nullptr) {
  out += name;
  out += suffix;
  char before = '{';
  for (const auto& label : metric.label) {
    AppendLabel(out, before, label.name, label.value);
    before = ',';
  }
  if (extra != nullptr) {
    AppendLabel(out, before, extra->name, extra->value);
    before = ',';
  }
  if (before == ',') out += '}';
  out += ' ';
  AppendNumber(out, value);
  out += '\n';
}

void AppendHistogram(std::string& out, std::string_view name,
                     const ClientMetric& metric) {
  const auto& histogram = metric.histogram;
  for (const auto& bucket : histogram.bucket) {
    ExtraLabel le{"le", ""};
    AppendBound(le.value, bucket.upper_bound);
    AppendSample(out, name, "_bucket", metric,
                 static_cast<double>(bucket.cumulative_count), &le);
  }
  AppendSample(out, name, "_sum", metric, histogram.sample_sum);
  AppendSample(out, name, "_count", metric,
               static_cast<double>(histogram.sample_count));
}

void AppendSummary(std::string& out, std::string_view name,
                   const ClientMetric& metric) {
  const auto& summary = metric.summary;
  for (const auto& quantile : summary.quantile) {
    ExtraLabel label{"quantile", ""};
    AppendBound(label.value, quantile.quantile);
    AppendSample(out, name, "", metric, quantile.value, &label);
  }
  AppendSample(out, name, "_sum", metric, summary.sample_sum);
  AppendSample(out, name, "_count", metric,
               static_cast<double>(summary.sample_count));
}

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Summary:
      return "summary";
    case MetricType::Untyped:
      return "untyped";
  }
  return "untyped";
}

std::string Header(const prometheus::MetricFamily& family) {
  constexpr std::string_view kType = "\n# TYPE ";
  const auto type = TypeName(family.type);
  std::string header;
  header.reserve(kHelp.size() + family.help.size() + kType.size() +
                 2 * family.name.size() + type.size() + 3);
  header.append(kHelp).append(family.name).append(" ");
  AppendEscaped(header, family.help, false);
  header.append(kType).append(family.name).append(" ").append(type);
  return header += '\n';
}

}  // namespace

std::string_view Name(Format format) {
  return format == Format::kText ? "text" : "openmetrics";
}

std::string_view HelpOf(const RenderedFamily& family) {
  std::string_view line = family.header;
  if (!line.starts_with(kHelp)) return "";
  line = line.substr(0, line.find('\n'));
  line.remove_prefix(
      std::min(kHelp.size() + family.name.size() + 1, line.size()));
  return line;
}

std::vector<RenderedFamily> Render(
    const std::deque<prometheus::MetricFamily>& families) {
  std::vector<RenderedFamily> rendered;
  rendered.reserve(families.size());
  for (const auto& family : families) {
    const OpenMetricsRules rules(family.name, family.type);
    RenderedFamily out{family.name, family.type, Header(family), "",
                       rules.AllowName()};
    for (const auto& metric : family.metric) {
      out.fits_open_metrics &= rules.Allow(metric);
      if (family.type == MetricType::Histogram) {
        AppendHistogram(out.samples, family.name, metric);
      } else if (family.type == MetricType::Summary) {
        AppendSummary(out.samples, family.name, metric);
      } else {
        AppendSample(out.samples, family.name, "", metric,
                     family.type == MetricType::Counter ? metric.counter.value
                                                        : metric.gauge.value);
      }
    }
    rendered.push_back(std::move(out));
  }
  return rendered;
}

Block RenderBlock(const Families& families) {
  return std::make_shared<std::vector<RenderedFamily>>(Render(families.list()));
}

}  // namespace ipfs_peer_exporter
