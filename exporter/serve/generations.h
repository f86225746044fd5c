#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/web_config.h"
#include "exporter/serve/generation.h"
#include "exporter/serve/mhd_shared.h"

namespace ipfs_peer_exporter {

// The present generation of a server and the old ones, whose connections have
// not ended yet. Used on one thread at a time.
class Generations {
 public:
  // Takes ownership of the listening, non-blocking sockets.
  Generations(MhdShared& shared, std::vector<int> listen_fds);
  ~Generations();

  Generations(const Generations&) = delete;
  Generations& operator=(const Generations&) = delete;

  // Starts a generation with this configuration, or without TLS if `tls` is
  // null, and retires the present one. Changes nothing if that fails.
  Status Start(const TlsConfig* tls);

  // Reads from and writes to the clients, without waiting.
  void Run();

  // Ends what is due in old generations. Returns when to call it again; nullopt
  // if there is no old generation.
  std::optional<Clock::time_point> EndOld(Clock::time_point now);

  std::size_t old() const { return all_.size() - 1; }

  // Parks handshakes that wait for their client, so that they do not keep Run
  // busy.
  void ParkHandshakes();

  // Whether Run has work already.
  bool IsBusy() const;

 private:
  void LimitOld();

  MhdShared& shared_;
  const std::vector<int> listen_fds_;  // the daemons have copies
  std::list<Generation> all_;          // from the oldest to the present one
};

}  // namespace ipfs_peer_exporter
