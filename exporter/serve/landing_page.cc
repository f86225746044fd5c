#include "exporter/serve/landing_page.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "exporter/base/log.h"
#include "exporter/base/version.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>ipfs_peer_exporter</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap }
.ok { color: light-dark(#1a7f37, #3fb950) }
.failed { color: light-dark(#cf222e, #ff7b72) }
.unsupported, .waiting { opacity: .65 }
</style>
</head>
<body>
)";

// Escapes text for HTML. Text from the daemon or the peer is not trusted.
std::string Escape(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string Skipped(const PollSummary& poll) {
  std::string html;
  if (poll.skips == nullptr) return html;
  for (const auto& skip : *poll.skips) {
    html += (html.empty() ? "" : "<br>") + Escape(Printable(skip.Text()));
  }
  return html;
}

std::string Time(double seconds) {
  char text[32];
  if (seconds < 1) {
    std::snprintf(text, sizeof text, "%.1f ms", seconds * 1e3);
  } else if (seconds < 100) {
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  } else {
    return FormatDuration(std::chrono::seconds(static_cast<long>(seconds)));
  }
  return text;
}

std::string_view StateName(const PollSummary& poll) {
  if (!poll.supported) return "waiting";
  if (!*poll.supported) return "unsupported";
  return *poll.success ? "ok" : "failed";
}

std::string Row(const Snapshot::Entry& entry, double now) {
  const auto& poll = entry.poll;
  const std::string state(StateName(poll));
  const bool polled = poll.supported.has_value();
  const auto number = [](const std::string& text) {
    return "<td class=\"number\">" + text + "</td>";
  };
  return "<tr><td>" + entry.collector + "</td><td class=\"" + state + "\">" +
         state + "</td>" +
         number(polled ? Time(std::max(0.0, now - poll.ended)) : "") +
         number(polled ? Time(Seconds(poll.took)) : "") +
         number(FormatDuration(poll.interval)) + "<td>" +
         Escape(Printable(poll.error)) + "</td><td>" + Skipped(poll) +
         "</td></tr>\n";
}

std::string Link(const std::string& path, std::string_view what) {
  return "<li><a href=\"" + Escape(path) + "\">" + Escape(path) + "</a> " +
         std::string(what) + "</li>\n";
}

}  // namespace

std::string LandingPage(const Snapshot& snapshot, double now) {
  const std::string& telemetry_path = snapshot.site->telemetry_path;
  std::string html(kHead);
  html.append("<h1>ipfs_peer_exporter ")
      .append(kVersion)
      .append("</h1>\n<ul>\n");
  html += Link(telemetry_path, "all metrics");
  html += Link(telemetry_path + "/ipfs", "metrics of the IPFS daemon");
  html += Link(telemetry_path + "/peer", "metrics of the peer");
  for (const auto& entry : snapshot.entries) {
    if (entry.page.empty()) continue;
    html += Link(telemetry_path + "/" + entry.page,
                 "metrics of " + entry.collector);
  }
  html += Link("/-/healthy", "whether the exporter runs");
  html += Link("/-/ready", "whether it answers scrapes");
  html +=
      "</ul>\n<table>\n<tr><th>Collector</th><th>Last poll</th><th>Age</th>"
      "<th>Took</th><th>Interval</th><th>Last error</th>"
      "<th>Last poll skipped</th></tr>\n";
  for (const auto& entry : snapshot.entries) {
    if (!entry.collector.empty()) html += Row(entry, now);
  }
  html += "</table>\n</body>\n</html>\n";
  return html;
}

}  // namespace ipfs_peer_exporter
