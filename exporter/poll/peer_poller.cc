#include "exporter/poll/peer_poller.h"

#include <algorithm>
#include <utility>

#include "adapters/peer/text_lines.h"
#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

constexpr Family kUp{"peer_up", kGauge,
                     "Whether the last poll of the peer's stats succeeded."};

enum Part : std::size_t { kUpPart, kStatsPart, kParts };

// A request ends with a newline, unless it is none.
std::string AsLine(std::string request) {
  if (!request.empty() && !request.ends_with('\n')) request += '\n';
  return request;
}

}  // namespace

const Family& PeerUpFamily() { return kUp; }

PeerPoller::PeerPoller(const Options& options, const PeerOptions& peer,
                       EventLoop& loop, HttpClient& http, SocketClient& sockets,
                       Store& store, Publisher& publisher)
    : peer_(peer),
      interval_(options.peer_interval),
      timeout_(options.peer_timeout),
      max_bytes_(options.peer_max_bytes),
      request_(AsLine(options.peer_request)),
      format_(*options.peer_format),
      mapping_(options.peer_mapping),
      explains_(options.once),
      translation_{options.peer_namespace, peer.name, options.peer_max_series,
                   options.peer_max_bytes},
      loop_(loop),
      http_(http),
      sockets_(sockets),
      publisher_(publisher),
      state_(store.Add(peer.collector(), "peer", options.peer_interval)) {
  state_.parts.resize(kParts);
}

void PeerPoller::Start() {
  const auto& http = peer_.address.http;
  if (!peer_.auth_file.empty() && !http.local &&
      http.base.starts_with("http:")) {
    Log(LogLevel::kWarn, "credentials go over the network in clear text",
        {{"collector", state_.name}, {"address", peer_.address.text}});
  }
  loop_.At(Clock::now(), [this] { Poll(); });
}

void PeerPoller::Poll() {
  started_ = Clock::now();
  if (peer_.address.kind == StatsAddress::Kind::kHttp) return AskHttp();
  sockets_.Start({.address = peer_.address.socket,
                  .request = request_,
                  .timeout = timeout_,
                  .max_bytes = max_bytes_,
                  .done = [this](Result<std::string> reply) {
                    OnReply(std::move(reply));
                  }});
}

void PeerPoller::AskHttp() {
  const auto credentials =
      peer_.auth_file.empty() ? Credentials{} : ReadAuthFile(peer_.auth_file);
  if (!credentials) return OnReply(credentials.error());
  body_.clear();
  http_.Start(
      {.address = peer_.address.http,
       .credentials = *credentials,
       .tls = peer_.tls,
       .path = peer_.address.page,
       .timeout = timeout_,
       .max_bytes = max_bytes_,
       .on_body = [this](int status, std::string_view bytes) -> Status {
         if (status != 200) return Ok();  // nobody reads it
         if (body_.size() + bytes.size() > max_bytes_) {
           return Error{Reason::kTooLarge,
                        "more than " + std::to_string(max_bytes_) + " bytes"};
         }
         body_ += bytes;
         return Ok();
       },
       .done = [this](const HttpResult& reply) { OnHttpReply(reply); }});
}

void PeerPoller::OnHttpReply(const HttpResult& reply) {
  if (reply.error) return OnReply(*reply.error);
  if (reply.status == 200) return OnReply(std::move(body_));
  const bool denied = reply.status == 401 || reply.status == 403;
  OnReply(Error{denied ? Reason::kAuth : Reason::kHttpStatus,
                "HTTP " + std::to_string(reply.status)});
}

void PeerPoller::OnReply(Result<std::string> reply) {
  state_.skips = nullptr;
  const auto status =
      reply ? Translate(std::move(*reply)) : Status(reply.error());
  PollResult result;
  result.took = Clock::now() - started_;
  if (!status) {
    result.error = status.error();
    ++state_.errors[status.error().reason];
  }
  publisher_.Record(state_, result);
  SetUp(status);
  publisher_.Publish(state_, result);
  auto wait = interval_;
  if (state_.polls == 1) {
    // All peers were polled at once: from here on they spread.
    wait = std::chrono::duration_cast<Duration>(
        wait * std::uniform_real_distribution<>(0.5, 1)(random_));
  }
  loop_.At(std::max(started_ + wait, Clock::now()), [this] { Poll(); });
}

Status PeerPoller::Translate(std::string bytes) {
  peer::DropByteOrderMark(bytes);
  if (bytes.empty()) return Error{Reason::kParse, "an empty reply"};
  if (bytes.starts_with("\x1f\x8b")) return NotAsked("gzip");
  peer::Samples samples(translation_);
  const auto status = mapping_ ? TranslateByMapping(bytes, samples)
                               : format_.translate(bytes, samples);
  if (!status) return status;
  KeepSkipped(samples);
  state_.parts[kStatsPart] = {RenderBlock(samples.families()), Clock::now()};
  return Ok();
}

void PeerPoller::KeepSkipped(const peer::Samples& samples) {
  Skips skips;
  for (const auto& [reason, count] : samples.skipped()) {
    state_.skipped[reason] += count;
    const auto names = samples.skipped_names().find(reason);
    skips.push_back({reason, count, {}});
    if (names == samples.skipped_names().end()) continue;
    skips.back().names = names->second;
  }
  state_.skips = std::make_shared<const Skips>(std::move(skips));
}

Status PeerPoller::TranslateByMapping(std::string& bytes,
                                      peer::Samples& samples) {
  const auto counts = peer::TranslateMapped(bytes, *mapping_, samples);
  if (!counts) return counts.error();
  if (!explains_) return Ok();
  state_.notes.clear();
  for (std::size_t i = 0; i < counts->size(); ++i) {
    state_.notes.push_back(Explain(mapping_->metrics[i], (*counts)[i]));
  }
  return Ok();
}

void PeerPoller::SetUp(const Status& status) {
  const bool up = status.has_value();
  Families families;
  families.Add(kUp, up,
               peer_.name.empty() ? Labels{} : Labels{{"peer", peer_.name}});
  state_.parts[kUpPart] = {RenderBlock(families), Clock::now(), true};
  if (up == up_) return;
  up_ = up;
  if (up) {
    Log(LogLevel::kInfo, "peer up",
        {{"collector", state_.name}, {"address", peer_.address.text}});
  } else {
    Log(LogLevel::kWarn, "peer down",
        {{"collector", state_.name},
         {"address", peer_.address.text},
         {"reason", std::string(Name(status.error().reason))},
         {"error", status.error().message}});
  }
}

}  // namespace ipfs_peer_exporter
