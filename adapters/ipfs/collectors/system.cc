#include <iterator>

#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_daemon_goroutines", kGauge,
     "Goroutines of the daemon (diag/sys: runtime.numgoroutines)."},
    {"ipfs_daemon_virtual_memory_bytes", kGauge,
     "Virtual memory of the daemon (diag/sys: memory.virt)."},
    {"ipfs_daemon_swap_bytes", kGauge,
     "Swapped-out memory of the daemon (diag/sys: memory.swap)."},
    {"ipfs_repo_volume_available_bytes", kGauge,
     "Space on the repository's volume available to the daemon (diag/sys: "
     "diskinfo.total_space, despite its name)."},
    {"ipfs_repo_volume_free_bytes", kGauge,
     "Free space on the repository's volume, including space reserved for root "
     "(diag/sys: diskinfo.free_space)."},
};

// The daemon multiplies the kernel's kB by 1000, but one kB is 1024 bytes.
constexpr double kKernelKb = 1.024;

// The fields of kFamilies, in the same order.
constexpr struct {
  const char* section;
  const char* field;
  double scale;
} kFields[] = {
    {"runtime", "numgoroutines", 1}, {"memory", "virt", kKernelKb},
    {"memory", "swap", kKernelKb},   {"diskinfo", "total_space", 1},
    {"diskinfo", "free_space", 1},
};
static_assert(std::size(kFields) == std::size(kFamilies));

Status System(const rapidjson::Value& reply, Sink& sink) {
  if (!Member(reply, "runtime").IsObject()) {
    return Error{Reason::kSchema, "no runtime"};
  }
  for (std::size_t i = 0; i < std::size(kFields); ++i) {
    const auto& field = kFields[i];
    if (const auto value = Count(Member(reply, field.section), field.field)) {
      sink.families.Add(kFamilies[i], *value * field.scale);
    }
  }
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "diag/sys", .document = System}};
}

}  // namespace

constinit const Collector system_collector{
    .name = "system",
    .tells = "goroutines, memory, free space on the repository's volume",
    .on_by_default = true,
    .interval = std::chrono::seconds(30),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
