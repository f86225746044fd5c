// A peer in C++ that serves its stats as key=value lines.
//
//   g++ -std=c++20 -o peer peer.cc && ./peer /run/peer/stats.sock
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

namespace {

std::atomic<long> jobs = 0;
volatile sig_atomic_t stopping = 0;

std::string Stats() {
  return "jobs_total=" + std::to_string(jobs) +
         "\nqueue.length=3\ninfo.language=c++\n";
}

// Returns a stream socket at `path` that owner and group may connect to, or -1
// on failure.
int Listen(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  unlink(path);  // in case a killed peer left it
  umask(0117);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) !=
          0 ||
      listen(listener, SOMAXCONN) != 0) {
    std::perror(path);
    return -1;
  }
  return listener;
}

void Serve(int listener) {
  while (true) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) continue;
    const timeval second{1, 0};  // the client may not read
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    const auto stats = Stats();
    std::size_t sent = 0;
    while (sent < stats.size()) {
      const auto n = send(connection, stats.data() + sent, stats.size() - sent,
                          MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    close(connection);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int listener = Listen(argv[1]);
  if (listener < 0) return 1;
  signal(SIGTERM, [](int) { stopping = 1; });
  std::thread(Serve, listener).detach();
  while (stopping == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // a job
    ++jobs;
  }
  unlink(argv[1]);
}
