#include "exporter/serve/dashboard/dashboard.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "exporter/base/source_names.h"
#include "exporter/base/version.h"
#include "exporter/serve/dashboard/html.h"
#include "exporter/serve/dashboard/model.h"
#include "exporter/serve/dashboard/overview.h"
#include "exporter/serve/dashboard/plain.h"
#include "exporter/serve/dashboard/remedy.h"
#include "exporter/serve/dashboard/resources.h"
#include "exporter/serve/dashboard/sections.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<title>ipfs_peer_exporter</title>\n"
    "<link rel=\"icon\" href=\"data:,\">\n<style>";

// Without a script there is nothing to search or refresh with.
constexpr std::string_view kTools =
    "<div class=\"tools\" id=\"tools\" hidden>"
    "<label class=\"unseen\" for=\"search\">Filter families</label>"
    "<input id=\"search\" type=\"search\" placeholder=\"Filter families  /\" "
    "autocomplete=\"off\" spellcheck=\"false\">"
    "<p id=\"live\" role=\"status\"></p></div>\n";

int ValueOf(char hex) { return hex <= '9' ? hex - '0' : hex - 'a' + 10; }

// The base64 of the bytes that the hexadecimal digits stand for.
std::string Base64(std::string_view hex) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  int bits = 0;
  int held = 0;
  const auto flush = [&] {
    text += kDigits[static_cast<std::size_t>((bits >> held) & 63)];
  };
  for (const char digit : hex) {
    bits = ((bits << 4) | ValueOf(digit)) & 0xfff;
    held += 4;
    if (held < 6) continue;
    held -= 6;
    flush();
  }
  if (held > 0) {
    bits <<= 6 - held;
    held = 0;
    flush();
  }
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string LinkHtml(const std::string& path, std::string_view text) {
  return "<li><a href=\"" + Escape(path) + "\">" + Escape(text) + "</a></li>";
}

// Whether a collector of the source exists.
bool Has(const Snapshot& snapshot, std::string_view source) {
  return std::ranges::any_of(snapshot.entries, [&](const auto& entry) {
    return entry.source == source && !entry.collector.empty();
  });
}

std::string NavHtml(const Snapshot& snapshot) {
  const auto& path = snapshot.site->telemetry_path;
  std::string html = "<nav id=\"pages\" aria-label=\"Sections and pages\"><ul>";
  if (Has(snapshot, kIpfsSource)) html += LinkHtml("#h-ipfs", "IPFS daemon");
  if (Has(snapshot, kPeerSource)) html += LinkHtml("#h-peer", "Peers");
  html += LinkHtml("#h-self", "Exporter");
  if (!snapshot.site->settings.empty()) {
    html += LinkHtml("#h-settings", "Configuration");
  }
  html += LinkHtml("#h-docs", "Runbooks") + "</ul><ul>" + LinkHtml(path, path);
  std::vector<std::string> pages = {"ipfs", "peer"};
  for (const auto& entry : snapshot.entries) {
    if (!entry.page.empty()) pages.push_back(entry.page);
  }
  for (const auto& page : pages) {
    auto whole = path;
    whole.append("/").append(page);
    html += LinkHtml(whole, whole);
  }
  return html + LinkHtml("?plain", "?plain") +
         LinkHtml("/-/healthy", "healthy") + LinkHtml("/-/ready", "ready") +
         "</ul></nav>\n";
}

std::string SettingsHtml(const Site& site) {
  if (site.settings.empty()) return "";
  std::string html =
      "<section aria-labelledby=\"h-settings\"><h2 id=\"h-settings\">"
      "Configuration</h2><details class=\"collector\"><summary><h3>In force"
      "</h3> <span class=\"meta\">" +
      std::to_string(site.settings.size()) +
      " settings, without secrets</span></summary>\n<table class=\"settings\">"
      "<caption class=\"unseen\">Settings in force</caption><thead><tr>"
      "<th scope=\"col\">Flag</th><th scope=\"col\">Value</th>"
      "<th scope=\"col\">Source</th></tr></thead><tbody>\n";
  for (const auto& setting : site.settings) {
    html += "<tr><th scope=\"row\"><code>" + Escape(setting.flag) +
            "</code></th><td><bdi>" + Escape(setting.value) + "</bdi></td>" +
            Element("td", setting.source.empty() ? "default" : "set",
                    setting.source.empty() ? "default" : setting.source) +
            "</tr>\n";
  }
  return html + "</tbody></table></details></section>\n";
}

std::string FooterHtml(const Model& model) {
  std::string html =
      "<section aria-labelledby=\"h-docs\"><h2 id=\"h-docs\">"
      "Runbooks and documentation</h2><ul class=\"docs\">";
  for (const auto& book : kRunbooks) {
    html += "<li>" + Escape(book.title) + ": <code>" + Escape(book.file) +
            "</code></li>";
  }
  html += "</ul></section>\n<p class=\"about\">" +
          std::to_string(model.series) + " series at " + DateOf(model.now) +
          ". Recorded for the last 30 minutes, in steps of 10 s: " +
          std::to_string(model.coverage.recorded) + " series";
  if (model.coverage.left_out > 0) {
    html += "; " + std::to_string(model.coverage.left_out) +
            " more exceed the limit";
  }
  return html + ". Counters are drawn as their increase per second.</p>\n";
}

std::string PartHtml(const Model& model) {
  const auto& snapshot = *model.snapshot;
  std::string html = NavHtml(snapshot) + "<main id=\"main\">\n";
  html += OverviewHtml(model);
  html += SectionsHtml(model);
  html += SettingsHtml(*snapshot.site);
  html += FooterHtml(model);
  return html + "</main>\n";
}

std::string PageHtml(const Model& model) {
  std::string html(kHead);
  html.append(kStyle).append(
      "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to "
      "content</a>\n<header><h1>ipfs_peer_exporter ");
  html.append("<small>").append(kVersion).append("</small></h1>\n");
  html.append(kTools).append("</header>\n").append(PartHtml(model));
  html.append("<script>").append(kScript).append("</script>\n");
  return html + "</body>\n</html>\n";
}

Dashboard::Form FormOf(const HttpRequest& request) {
  for (const auto& [name, value] : request.query) {
    if (name == "plain") return Dashboard::Form::kPlain;
    if (name == "part") return Dashboard::Form::kPart;
  }
  const bool html = request.accept.find("text/html") != std::string::npos;
  return html ? Dashboard::Form::kPage : Dashboard::Form::kPlain;
}

}  // namespace

HttpResponse Dashboard::Answer(
    const HttpRequest& request,
    const std::shared_ptr<const Snapshot>& snapshot) {
  const auto form = FormOf(request);
  HttpResponse response;
  response.body = Get(form, snapshot, SecondsSince1970());
  response.headers = {{"Content-Security-Policy", Policy()},
                      {"X-Frame-Options", "DENY"},
                      {"Vary", "Accept"}};
  if (form != Form::kPlain) response.content_type = "text/html; charset=utf-8";
  return response;
}

Dashboard::Body Dashboard::Get(Form form,
                               const std::shared_ptr<const Snapshot>& snapshot,
                               double now) {
  if (snapshot != snapshot_) {
    for (auto& made : made_) made = {};
    snapshot_ = snapshot;
  }
  auto& made = made_[static_cast<std::size_t>(form)];
  if (made.body != nullptr && made.second == std::floor(now)) return made.body;
  const auto model = MakeModel(*snapshot, history_, now);
  auto text = form == Form::kPlain  ? PlainText(model)
              : form == Form::kPart ? PartHtml(model)
                                    : PageHtml(model);
  made = {std::make_shared<const std::string>(std::move(text)),
          std::floor(now)};
  return made.body;
}

const std::string& Dashboard::Policy() {
  static const std::string policy =
      "default-src 'none'; style-src 'sha256-" + Base64(kStyleSha256) +
      "'; script-src 'sha256-" + Base64(kScriptSha256) +
      "'; connect-src 'self'; img-src data:; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'";
  return policy;
}

}  // namespace ipfs_peer_exporter
