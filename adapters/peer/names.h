#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "adapters/families.h"

namespace ipfs_peer_exporter::peer {

inline constexpr std::size_t kMaxName = 200;

// camelCase and whatever else stands in a key or path to snake_case; each
// character that no name has becomes _.
std::string SnakeCase(std::string_view text);

// A counter when the name ends in _total, else a gauge.
prometheus::MetricType TypeOfName(std::string_view name);

bool IsName(std::string_view text);  // [a-zA-Z_][a-zA-Z0-9_]*

// With _ for each character that no name of ours has. The text format has the
// colon, but it belongs to the recording rules of whoever scrapes.
std::string WithNameCharacters(std::string_view text);

// With the namespace in front, unless `name` begins so.
std::string WithNamespace(std::string_view name_space, std::string_view name);

// Whether the name belongs to this exporter or to Prometheus. `type_of_ours`
// knows the families of the daemon's collectors; null if there are none.
bool IsReservedName(std::string_view name, const TypeOf& type_of_ours);

// job becomes exported_job, as with Prometheus where a target has that label;
// the prefix is repeated until no other label of `labels` has the name.
void RenameTargetLabels(Labels& labels);

// Of what a peer wrote, as much as a name has, in UTF-8.
std::string Readable(std::string_view text);

}  // namespace ipfs_peer_exporter::peer
