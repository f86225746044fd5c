#include "adapters/ipfs/go_time.h"

#include <chrono>

namespace ipfs_peer_exporter::ipfs {
namespace {

// Reads text from the front. After a mismatch, is_complete() is false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Reads exactly `count` digits.
  int Digits(std::size_t count) {
    const auto digits = rest_.substr(0, count);
    int number = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9') ok_ = false;
      number = number * 10 + (c - '0');
    }
    if (digits.size() < count) ok_ = false;
    rest_.remove_prefix(digits.size());
    return ok_ ? number : 0;
  }

  bool Skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void Require(char c) { ok_ = Skip(c) && ok_; }

  // Reads the digits after the decimal point.
  double Fraction() {
    double fraction = 0;
    double place = 0.1;
    const auto before = rest_.size();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      fraction += place * (rest_.front() - '0');
      place /= 10;
      rest_.remove_prefix(1);
    }
    if (rest_.size() == before) ok_ = false;
    return fraction;
  }

  bool is_complete() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Reads a UTC offset: "Z" or "+01:00".
std::chrono::minutes Offset(Scanner& scanner) {
  if (scanner.Skip('Z')) return {};
  const int sign = scanner.Skip('-') ? -1 : 1;
  if (sign > 0) scanner.Require('+');
  const int hours = scanner.Digits(2);
  scanner.Require(':');
  return std::chrono::minutes(sign * (60 * hours + scanner.Digits(2)));
}

}  // namespace

std::optional<double> GoTimeSeconds(std::string_view text) {
  using namespace std::chrono;
  Scanner scanner(text);
  const year the_year{scanner.Digits(4)};
  scanner.Require('-');
  const month the_month(static_cast<unsigned>(scanner.Digits(2)));
  scanner.Require('-');
  const year_month_day date{the_year, the_month,
                            day(static_cast<unsigned>(scanner.Digits(2)))};
  scanner.Require('T');
  const int hour = scanner.Digits(2);
  scanner.Require(':');
  const int minute = scanner.Digits(2);
  scanner.Require(':');
  const int second = scanner.Digits(2);
  const double fraction = scanner.Skip('.') ? scanner.Fraction() : 0;
  const auto offset = Offset(scanner);
  const bool is_time = date.ok() && hour < 24 && minute < 60 && second <= 60 &&
                       abs(offset) < 24h;
  if (!scanner.is_complete() || !is_time || date.year() <= year(1)) {
    return std::nullopt;
  }
  // Seconds first: on 32-bit machines the count of minutes may have 32 bits.
  const auto whole = seconds(sys_days(date).time_since_epoch()) + hours(hour) +
                     minutes(minute) + seconds(second) - offset;
  return static_cast<double>(whole.count()) + fraction;
}

}  // namespace ipfs_peer_exporter::ipfs
