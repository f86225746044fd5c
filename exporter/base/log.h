#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// Structured logging to stderr, as Prometheus programs do it:
//   ts=2026-11-22T17:00:00.123Z level=info msg="daemon up" version=0.42.0
// Thread-safe.
namespace ipfs_peer_exporter {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

// Their words, in the same order.
inline constexpr std::string_view kLogLevels[] = {"debug", "info", "warn",
                                                  "error"};
inline constexpr std::string_view kLogFormats[] = {"logfmt", "json"};

// Text of a neighbour for a person: characters that could end a line or control
// a terminal are escaped, as in \u001b.
std::string Printable(std::string_view text);

// To be called once, before the first Log and before other threads start.
void SetUpLog(LogLevel level, LogFormat format);

using LogField = std::pair<std::string_view, std::string>;
void Log(LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {});

}  // namespace ipfs_peer_exporter
