#include "exporter/base/log.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>

#include "adapters/utf8.h"

namespace ipfs_peer_exporter {
namespace {

std::atomic<LogLevel> g_level = LogLevel::kInfo;
LogFormat g_format = LogFormat::kLogfmt;

std::string_view Name(LogLevel level) {
  return kLogLevels[static_cast<std::size_t>(level)];
}

// 2026-11-22T17:00:00.123Z
std::string Now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%03ldZ",
                now.tv_nsec / 1000000);
  return text;
}

// The code point at the start of `text`, UTF-8 of `size` bytes.
char32_t CodePoint(std::string_view text, std::size_t size) {
  const auto byte = [text](std::size_t at) {
    return static_cast<unsigned char>(text[at]);
  };
  if (size == 1) return byte(0);
  char32_t code = byte(0) & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) code = (code << 6) | (byte(i) & 0x3Fu);
  return code;
}

// Characters that could end a line, control a terminal or reorder text: C0 and
// C1 controls, line separators and bidirectional controls.
bool IsControl(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C ||
         code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

// Escapes controls, bytes that are not UTF-8, and the characters of `also`.
void AppendEscaped(std::string& line, std::string_view text,
                   std::string_view also) {
  while (!text.empty()) {
    const auto utf8 = Utf8Size(text);
    const auto size = std::max<std::size_t>(utf8, 1);
    const auto code = CodePoint(text, size);
    if (utf8 == 0 || IsControl(code)) {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u%04x",
                    static_cast<unsigned>(code));
      line += escape;
    } else {
      if (also.find(text[0]) != also.npos) line += '\\';
      line += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
}

void AppendQuoted(std::string& line, std::string_view text) {
  line += '"';
  AppendEscaped(line, text, "\"\\");
  line += '"';
}

// Whether `text` needs no quotes. Works whether char is signed or not.
bool IsBare(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '=' && c != '\\';
  });
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
  SetLogLevel(level);
  g_format = format;
}

void SetLogLevel(LogLevel level) {
  g_level.store(level, std::memory_order_relaxed);
}

bool IsLogged(LogLevel level) {
  return level >= g_level.load(std::memory_order_relaxed);
}

void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields) {
  if (!IsLogged(level)) return;
  const bool json = g_format == LogFormat::kJson;
  auto line = json ? "{\"ts\":\"" + Now() + '"' : "ts=" + Now();
  AppendField(line, "level", Name(level));
  AppendField(line, "msg", message);
  for (const auto& [key, value] : fields) AppendField(line, key, value);
  line += json ? "}\n" : "\n";
  // One write per line, so that lines of different threads do not mix.
  [[maybe_unused]] const auto written =
      write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace ipfs_peer_exporter
