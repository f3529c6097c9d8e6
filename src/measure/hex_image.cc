// A record a line, each with its own checksum.
//
// Intel HEX: data (00), end (01), segment and linear addresses (02, 04); start addresses (03, 05)
// are read over: a Cortex-M starts from its vector table. S-records: S1, S2, S3; headers, counts
// and starts are read over. Bytes given twice are an error. Sources: Intel, "Hexadecimal Object
// File Format Specification", 1988; Motorola M68000 family, "S-record output format".
#include "measure/hex_image.h"

#include <algorithm>
#include <map>

namespace assay {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 28, kMaxPieces = size_t{1} << 16;

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The bytes that pairs of hexadecimal digits say.
Result<std::vector<uint8_t>> bytes_of(std::string_view digits) {
  if (digits.size() % 2 != 0) return fail(ErrorKind::input, "half a byte");
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = digit(digits[i]), low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorKind::input, "no hexadecimal digit");
    bytes.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return bytes;
}

uint32_t number_of(std::span<const uint8_t> bytes) {
  uint32_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

uint8_t sum_of(std::span<const uint8_t> bytes) {
  unsigned sum = 0;
  for (const uint8_t byte : bytes) sum += byte;
  return static_cast<uint8_t>(sum);
}

/// What has been read, by address.
class Pieces {
 public:
  Status add(uint64_t address, std::span<const uint8_t> bytes) {
    if (bytes.empty()) return {};
    if (address + bytes.size() > uint64_t{1} << 32)
      return fail(ErrorKind::input, "0x{:x} is beyond the address space", address);
    total_ += bytes.size();
    if (total_ > kMaxBytes) return fail(ErrorKind::input, "more than {} bytes", kMaxBytes);
    if (last_ != pieces_.end() && last_->first + last_->second.size() == address) {
      append(last_->second, bytes);
      return {};
    }
    if (pieces_.size() >= kMaxPieces)
      return fail(ErrorKind::input, "more than {} pieces apart from each other", kMaxPieces);
    const auto [at, is_new] = pieces_.try_emplace(address);
    if (!is_new) return fail(ErrorKind::input, "0x{:08x} is given twice", address);
    append(at->second, bytes);
    last_ = at;
    return {};
  }

  Result<std::vector<HexPiece>> finish() {
    std::vector<HexPiece> joined;
    for (auto& [address, bytes] : pieces_) {
      const uint64_t end = joined.empty() ? 0 : joined.back().address + joined.back().bytes.size();
      if (address < end) return fail(ErrorKind::input, "0x{:08x} is given twice", address);
      if (!joined.empty() && address == end)
        joined.back().bytes.insert(joined.back().bytes.end(), bytes.begin(), bytes.end());
      else
        joined.push_back({static_cast<uint32_t>(address), std::move(bytes)});
    }
    if (joined.empty()) return fail(ErrorKind::input, "no data");
    return joined;
  }

 private:
  using Map = std::map<uint64_t, std::vector<std::byte>>;
  static void append(std::vector<std::byte>& to, std::span<const uint8_t> bytes) {
    for (const uint8_t byte : bytes) to.push_back(std::byte{byte});
  }

  Map pieces_;
  Map::iterator last_ = pieces_.end();
  size_t total_ = 0;
};

/// Calls `record(bytes, line)` for each line that begins with `mark`, the mark taken off; it
/// returns whether the file ends there.
template <class Record>
Status each_record(std::string_view text, char mark, Record&& record) {
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!row.empty() && (row.back() == '\r' || row.back() == ' ')) row.remove_suffix(1);
    if (row.empty()) continue;
    if (row.front() != mark) return fail(ErrorKind::input, "line {}: no '{}' record", line, mark);
    if (TRY(in(record(row.substr(1)), "line {}", line))) return {};
  }
  return fail(ErrorKind::input, "it is cut short: no end record");
}

enum IntelType : uint8_t { kData = 0, kEnd = 1, kSegment = 2, kLinear = 4, kLastType = 5 };

Result<bool> intel_record(std::string_view row, uint64_t& base, Pieces& pieces) {
  const std::vector<uint8_t> all = TRY(bytes_of(row));
  if (all.size() < 5 || all.size() != size_t{all[0]} + 5)
    return fail(ErrorKind::input, "not as long as it says");
  if (sum_of(all) != 0) return fail(ErrorKind::input, "wrong checksum");
  const auto data = std::span(all).subspan(4, all[0]);
  const uint8_t type = all[3];
  if (type > kLastType) return fail(ErrorKind::input, "record type {}", type);
  if ((type == kSegment || type == kLinear) && data.size() != 2)
    return fail(ErrorKind::input, "an address of {} bytes", data.size());
  if (type == kSegment) base = uint64_t{number_of(data)} << 4;
  if (type == kLinear) base = uint64_t{number_of(data)} << 16;
  if (type == kData) TRY_STATUS(pieces.add(base + number_of(std::span(all).subspan(1, 2)), data));
  return type == kEnd;
}

Result<bool> s_record(std::string_view row, Pieces& pieces) {
  if (row.empty() || row[0] < '0' || row[0] > '9') return fail(ErrorKind::input, "no S-record");
  const int type = row[0] - '0';
  const std::vector<uint8_t> all = TRY(bytes_of(row.substr(1)));
  if (all.size() < 3 || all.size() != size_t{all[0]} + 1)
    return fail(ErrorKind::input, "not as long as it says");
  if (sum_of(all) != 0xff) return fail(ErrorKind::input, "wrong checksum");
  if (type >= 7) return true;
  if (type < 1 || type > 3) return false;
  const auto address_bytes = static_cast<size_t>(type) + 1;
  if (all.size() < address_bytes + 2) return fail(ErrorKind::input, "no room for an address");
  const auto address = std::span(all).subspan(1, address_bytes);
  const auto data = std::span(all).subspan(1 + address_bytes, all.size() - address_bytes - 2);
  TRY_STATUS(pieces.add(number_of(address), data));
  return false;
}

}  // namespace

Result<std::vector<HexPiece>> read_intel_hex(std::string_view text) {
  Pieces pieces;
  uint64_t base = 0;
  TRY_STATUS(each_record(text, ':',
                         [&](std::string_view row) { return intel_record(row, base, pieces); }));
  return pieces.finish();
}

Result<std::vector<HexPiece>> read_s_records(std::string_view text) {
  Pieces pieces;
  TRY_STATUS(each_record(text, 'S', [&](std::string_view row) { return s_record(row, pieces); }));
  return pieces.finish();
}

}  // namespace assay
