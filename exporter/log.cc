#include "exporter/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

#include "adapters/json.h"

namespace ipfs_peer_exporter {
namespace {

LogFormat g_format = LogFormat::kLogfmt;

spdlog::level::level_enum Spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

// Controls of both sets, and bytes that are no UTF-8, are escaped; `also` too.
void AppendEscaped(std::string& line, std::string_view text,
                   std::string_view also) {
  while (!text.empty()) {
    const auto size = Utf8Size(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    const bool c1 =
        size == 2 && byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (size == 0 || byte < 0x20 || byte == 0x7F) {
      line += fmt::format("\\u{:04x}", byte);
    } else if (c1) {
      line += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[1]));
    } else {
      if (also.find(text[0]) != also.npos) line += '\\';
      line += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

void AppendQuoted(std::string& line, std::string_view text) {
  line += '"';
  AppendEscaped(line, text, "\"\\");
  line += '"';
}

bool IsBare(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F || c < 0) {
      return false;
    }
  }
  return !text.empty();
}

void AppendField(std::string& line, std::string_view key,
                 std::string_view value) {
  if (g_format == LogFormat::kJson) {
    line.append(",\"").append(key).append("\":");
    AppendQuoted(line, value);
    return;
  }
  line.append(" ").append(key).append("=");
  if (IsBare(value)) {
    line += value;
  } else {
    AppendQuoted(line, value);
  }
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  AppendEscaped(printable, text, "");
  return printable;
}

void SetUpLog(LogLevel level, LogFormat format) {
  g_format = format;
  auto logger = std::make_shared<spdlog::logger>(
      "", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const bool json = format == LogFormat::kJson;
  logger->set_pattern(json ? "{\"ts\":\"%Y-%m-%dT%H:%M:%S.%eZ\"%v}"
                           : "ts=%Y-%m-%dT%H:%M:%S.%eZ%v",
                      spdlog::pattern_time_type::utc);
  logger->set_level(Spdlog(level));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger->should_log(Spdlog(level))) return;
  std::string line;
  AppendField(line, "level", Name(level));
  AppendField(line, "msg", message);
  for (const auto& [key, value] : fields) AppendField(line, key, value);
  logger->log(Spdlog(level), "{}", line);
}

}  // namespace ipfs_peer_exporter
