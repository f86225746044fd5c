#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "adapters/families.h"

namespace ipfs_peer_exporter::peer {

// Longest name of a metric or label accepted, in bytes.
inline constexpr std::size_t kMaxName = 200;

// Converts a key or path, such as camelCase, to snake_case. Each character that
// is not allowed in names becomes _.
std::string SnakeCase(std::string_view text);

// Counter if the name ends in _total, else gauge.
prometheus::MetricType TypeOfName(std::string_view name);

bool IsName(std::string_view text);  // [a-zA-Z_][a-zA-Z0-9_]*

// Replaces each character that this exporter does not use in names with _. The
// text format allows colons, but they are reserved for recording rules.
std::string WithNameCharacters(std::string_view text);

// Puts the namespace before `name`, unless `name` begins with it.
std::string WithNamespace(std::string_view name_space, std::string_view name);

// Whether the name is reserved for this exporter or Prometheus. `type_of_ours`
// knows the families of the daemon's collectors; null without collectors.
bool IsReservedName(std::string_view name, const TypeOf& type_of_ours);

// Renames the labels job, instance and peer to exported_job and so on, as
// Prometheus does if a target has the label. Repeats the prefix until no other
// label has the name.
void RenameTargetLabels(Labels& labels);

// The first kMaxName bytes of a peer's text, with ? for each invalid byte.
std::string Readable(std::string_view text);

}  // namespace ipfs_peer_exporter::peer
