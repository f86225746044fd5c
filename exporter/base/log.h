#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// Structured logging to stderr, in the format of Prometheus programs:
//   ts=2026-11-22T17:00:00.123Z level=info msg="daemon up" version=0.42.0
// Thread-safe.
namespace ipfs_peer_exporter {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

// Names of the levels and formats, in the order of the enumerators.
inline constexpr std::string_view kLogLevels[] = {"debug", "info", "warn",
                                                  "error"};
inline constexpr std::string_view kLogFormats[] = {"logfmt", "json"};

// Makes text from the daemon or a peer safe to print: escapes characters that
// could end a line or control a terminal, for example as \u001b.
std::string Printable(std::string_view text);

// Call it once, before the first Log and before other threads start.
void SetUpLog(LogLevel level, LogFormat format);
// Changes the level at any time.
void SetLogLevel(LogLevel level);

// Whether lines of this level are written. For lines that cost time to make.
bool IsLogged(LogLevel level);

using LogField = std::pair<std::string_view, std::string>;
// Writes one line to stderr, unless `level` is below the level set.
void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {});

}  // namespace ipfs_peer_exporter
