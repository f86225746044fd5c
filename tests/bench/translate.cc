// What the translation of a swarm/peers reply of 10,000 connections costs,
// against the least that reading its JSON can cost: RapidJSON's bare in-situ
// SAX pass with the same flags. Ends with the ratio of the median CPU times.
#include <benchmark/benchmark.h>
#include <rapidjson/reader.h>

#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/reply.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr int kConnections = 10'000;
constexpr std::size_t kPiece = 16 * 1024;  // CURL_MAX_WRITE_SIZE

constexpr unsigned kFlags =
    rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
    rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;

// As Kubo writes it, every peer with one connection and six streams.
std::string Reply() {
  std::string reply = R"({"Peers":[)";
  for (int i = 0; i < kConnections; ++i) {
    const auto number = std::to_string(100'000 + i);
    if (i > 0) reply += ',';
    reply += R"({"Addr":"/ip4/192.0.2.1/udp/4001/quic-v1","Peer":)"
             R"("12D3KooWEmpfiG3fhX1UEoiKQbS5JGZJBtRhPh8fwhYbik)" +
             number + R"(","Latency":"2.)" + number + R"(ms","Direction":)" +
             std::to_string(1 + i % 2) +
             R"(,"Streams":[{"Protocol":"/ipfs/bitswap/1.2.0"},)"
             R"({"Protocol":"/ipfs/bitswap/1.2.0"},)"
             R"({"Protocol":"/ipfs/kad/1.0.0"},{"Protocol":"/ipfs/kad/1.0.0"},)"
             R"({"Protocol":"/meshsub/1.3.0"},{"Protocol":"/meshsub/1.3.0"}],)"
             R"("Identify":{"ID":"","PublicKey":"","Addresses":null,)"
             R"("AgentVersion":"","Protocols":null}})";
  }
  return reply + "]}\n";
}

const std::string reply = Reply();

void CountBytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(reply.size()));
}

void Translate(benchmark::State& state) {
  const auto request = swarm_collector.requests({}).front();
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
    if (rapidjson::Reader().Parse<kFlags>(stream, handler).IsError()) {
      state.SkipWithError("not JSON");
      break;
    }
  }
  CountBytes(state);
}

constexpr int kRepetitions = 15;
BENCHMARK(Translate)->Repetitions(kRepetitions)->Unit(benchmark::kMillisecond);
BENCHMARK(BareSax)->Repetitions(kRepetitions)->Unit(benchmark::kMillisecond);

class Reporter : public benchmark::ConsoleReporter {
 public:
  Reporter() : ConsoleReporter(OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const auto& run : runs) {
      if (run.aggregate_name != "median") continue;
      medians_[run.run_name.function_name] = run.GetAdjustedCPUTime();
    }
  }

  double Ratio() { return medians_["Translate"] / medians_["BareSax"]; }

 private:
  std::map<std::string, double> medians_;
};

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs

int main(int argc, char** argv) {
  // In turns, for the speed of the machine changes while they run.
  char interleaving[] = "--benchmark_enable_random_interleaving=true";
  std::vector<char*> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1, interleaving);
  int count = argc + 1;
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  ipfs_peer_exporter::ipfs::Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  std::cout << "Translate / BareSax: " << reporter.Ratio() << '\n';
}
