// What the translation of a reply of swarm/peers?identify=true costs, against
// the least that reading its JSON can cost: RapidJSON's bare in-situ SAX pass,
// compiled with the same flags. Prints the median CPU times in milliseconds as
// "NAME TIME"; translate.py runs it.
//
//   bench_translate FILE
#include <benchmark/benchmark.h>
#include <rapidjson/reader.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/reply.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr std::size_t kPiece = 16 * 1024;  // CURL_MAX_WRITE_SIZE

std::string reply;

void CountBytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(reply.size()));
}

void Translate(benchmark::State& state) {
  const auto request = agents_collector.requests({}).front();
  for ([[maybe_unused]] auto _ : state) {
    DaemonState daemon;
    ReplyReader reader(request, daemon);
    Status fed = Ok();
    for (std::size_t at = 0; fed && at < reply.size(); at += kPiece) {
      fed = reader.Feed(200, std::string_view(reply).substr(at, kPiece));
    }
    if (!fed || reader.Finish(200, "").state != Outcome::State::kOk) {
      state.SkipWithError("not translated");
      break;
    }
    benchmark::DoNotOptimize(reader.families());
  }
  CountBytes(state);
}

void BareSax(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();  // the pass destroys what it reads
    std::string bytes = reply;
    state.ResumeTiming();
    rapidjson::BaseReaderHandler<> handler;
    rapidjson::InsituStringStream stream(bytes.data());
    if (rapidjson::Reader()
            .Parse<rapidjson::kParseInsituFlag>(stream, handler)
            .IsError()) {
      state.SkipWithError("not JSON");
      break;
    }
  }
  CountBytes(state);
}

constexpr int kRepetitions = 15;
BENCHMARK(Translate)->Repetitions(kRepetitions)->Unit(benchmark::kMillisecond);
BENCHMARK(BareSax)->Repetitions(kRepetitions)->Unit(benchmark::kMillisecond);

class Reporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      if (run.error_occurred) failed_ = true;
      if (run.aggregate_name != "median") continue;
      std::cout << run.run_name.function_name << ' ' << run.GetAdjustedCPUTime()
                << '\n';
    }
  }

  bool failed() const { return failed_; }

 private:
  bool failed_ = false;
};

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs

int main(int argc, char** argv) {
  using namespace ipfs_peer_exporter::ipfs;
  std::ifstream file(argc == 2 ? argv[1] : "");
  reply.assign(std::istreambuf_iterator<char>(file), {});
  if (reply.empty()) {
    std::cerr << "usage: bench_translate FILE\n";
    return 2;
  }
  // In turns, for the speed of the machine changes while they run.
  std::string name = argv[0];
  std::string interleaving = "--benchmark_enable_random_interleaving=true";
  char* arguments[] = {name.data(), interleaving.data()};
  int count = 2;
  benchmark::Initialize(&count, arguments);
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.failed() ? 1 : 0;
}
