#include <curl/curl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "exporter/base/log.h"
#include "exporter/check_config.h"
#include "exporter/config/command_line.h"
#include "exporter/exporter.h"
#include "exporter/once.h"
#include "exporter/serve/http_server.h"
#include "exporter/serve/listen_socket.h"

namespace ipfs_peer_exporter {
namespace {

// Keeps malloc's thresholds constant. By default malloc raises its mmap
// threshold with each free, and the memory of a large reply is never returned
// to the system.
void BoundMemory() {
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 256 * 1024);
  mallopt(M_ARENA_MAX, 1);
}

// Returns a signalfd that receives SIGTERM and SIGINT. Call it before any
// thread starts, so that all threads inherit the blocked mask.
int CatchSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

Result<std::vector<int>> ListenOn(const std::vector<std::string>& addresses) {
  std::vector<int> fds;
  for (const auto& address : addresses) {
    const auto fd = Listen(address);
    if (!fd) {
      return Error{fd.error().reason,
                   "--web.listen-address: " + fd.error().message};
    }
    fds.push_back(*fd);
  }
  return fds;
}

int Fail(const Error& error) {
  std::fprintf(stderr, "ipfs_peer_exporter: %s\n", error.message.c_str());
  return 2;
}

int Run(const Options& options) {
  const int signals = CatchSignals();
  const auto fds = ListenOn(options.listen_addresses);
  if (!fds) return Fail(fds.error());

  Exporter exporter(options);
  const auto server =
      HttpServer::Start(*fds, [&exporter](const HttpRequest& request) {
        return exporter.pages.Answer(request);
      });
  if (!server) return Fail(server.error());
  for (const int fd : *fds) {
    Log(LogLevel::kInfo, "listening", {{"address", LocalAddress(fd)}});
  }

  // Updates values that polls do not change: ages and outages, process_*,
  // scrapes_total.
  constexpr Duration kRefresh = std::chrono::seconds(15);
  std::function<void()> refresh = [&] {
    exporter.publisher.Publish();
    exporter.loop.At(Clock::now() + kRefresh, refresh);
  };
  refresh();
  std::function<void()> record = [&] {
    exporter.history.Record(*exporter.store.Current(), Clock::now());
    exporter.loop.At(History::NextStep(Clock::now()), record);
  };
  record();

  exporter.loop.Watch(signals, EventLoop::kReadable,
                      [&exporter] { exporter.loop.Stop(); });
  exporter.loop.Run();
  Log(LogLevel::kInfo, "stopping");
  return 0;
}

}  // namespace
}  // namespace ipfs_peer_exporter

int main(int argc, char** argv) {
  using namespace ipfs_peer_exporter;
  signal(SIGPIPE, SIG_IGN);  // the reader of the output may have exited
  BoundMemory();
  const auto parsed = ParseOptions(argc, argv);
  if (const auto* exit = std::get_if<Exit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    std::fputs(exit->warning.c_str(), stderr);
    return exit->code;
  }
  const auto& options = std::get<Options>(parsed);
  if (options.check_config) return CheckConfig(options);
  SetUpLog(options.log_level, options.log_format);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return options.once ? RunOnce(options) : Run(options);
}
