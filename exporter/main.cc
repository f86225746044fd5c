#include <curl/curl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exporter/base/log.h"
#include "exporter/base/systemd.h"
#include "exporter/check_config.h"
#include "exporter/config/command_line.h"
#include "exporter/exporter.h"
#include "exporter/once.h"
#include "exporter/reload.h"
#include "exporter/serve/http_server.h"
#include "exporter/serve/listen_socket.h"
#include "exporter/serve/reload_page.h"
#include "exporter/serve/web_access.h"

namespace ipfs_peer_exporter {
namespace {

// Keeps malloc's thresholds constant. By default glibc's malloc raises its mmap
// threshold with each free, and the memory of a large reply is never returned
// to the system.
void BoundMemory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 256 * 1024);
  mallopt(M_ARENA_MAX, 1);
#endif
}

// Returns a signalfd that receives SIGTERM, SIGINT and SIGHUP. Call it before
// any thread starts, so that all threads inherit the blocked mask.
int CatchSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  signal(SIGHUP, SIG_DFL);  // nohup ignores it, and it would not be received
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

Result<std::vector<int>> Sockets(const Options& options) {
  return options.systemd_socket ? PassedSockets()
                                : ListenOn(options.listen_addresses);
}

// Answers a request, on the server's thread.
std::optional<HttpResponse> Answer(const HttpRequest& request,
                                   Exporter& exporter, Reloader& reloader) {
  if (request.path != kReloadPath) return exporter.pages.Answer(request);
  return AnswerReload(
      request, exporter.store.Current()->site->lifecycle,
      [&reloader](Reloader::Done done) { reloader.Request(std::move(done)); });
}

void OnSignal(int signals, EventLoop& loop, Reloader& reloader) {
  signalfd_siginfo signal{};
  while (read(signals, &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo != SIGHUP) return loop.Stop();
    reloader.Reload();
  }
}

// Warns if metrics or passwords cross a network in clear text. With TLS there
// is no warning, even without passwords and client certificates.
void WarnIfOpen(const std::vector<int>& fds, const WebConfig& config) {
  if (config.tls || std::ranges::all_of(fds, IsLoopback)) return;
  Log(LogLevel::kWarn,
      config.users.empty() ? "metrics are served in clear text to everyone"
                           : "passwords go over the network in clear text",
      {{"hint", "--web.config.file"}});
}

int Fail(const Error& error) {
  std::fprintf(stderr, "ipfs_peer_exporter: %s\n", error.message.c_str());
  return 2;
}

Result<std::unique_ptr<HttpServer>> Serve(const std::vector<int>& fds,
                                          WebAccess& access) {
  const auto& tls = access.config().tls;
  return HttpServer::Start(
      fds,
      [&access](const HttpRequest& request) { return access.Answer(request); },
      {}, tls ? &*tls : nullptr,
      [&access](HttpServer& server) { access.BeforeRun(server); },
      [&access](HttpResponse& response) { access.BeforeResponse(response); });
}

int Run(const Options& options) {
  const int signals = CatchSignals();
  const ServiceManager manager;
  const auto fds = Sockets(options);
  if (!fds) return Fail(fds.error());

  Exporter exporter(options);
  Reloader reloader(exporter, options, manager);
  const auto access = WebAccess::Open(
      options.web_config_file,
      [&](const HttpRequest& request) {
        return Answer(request, exporter, reloader);
      },
      exporter.web_config_status);
  if (!access) return Fail(access.error());
  WarnIfOpen(*fds, (*access)->config());
  const auto server = Serve(*fds, **access);
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
                      [&] { OnSignal(signals, exporter.loop, reloader); });
  manager.Ready();
  exporter.loop.Run();
  manager.Stopping();
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
