// Armv8.1-M by a table of encodings (mve_forms.def): the first row whose fixed bits fit gives the
// class, and says which fields name the registers that are read and written.
//
// A vector transfer counts as two, one a beat: that is what the core's 64-bit path makes of it; a
// gather or scatter as one an element. Not handled: which lanes a predicate switches off (all are
// counted), custom datapath extensions. Source: Arm DDI 0553 (Armv8-M ARM), C2.4.
#include "hw/decode_mve.h"

#include <array>

namespace assay {
namespace {

constexpr uint32_t kSp = 13, kLr = 14, kPc = 15, kFlags = 48, kPredicate = 49;

/// Which fields of the encoding name registers, and what becomes of them. q: vector, r: core
/// register; the result first; `_in`: the result is read too.
enum class Fields : uint8_t {
  none,
  qqq,
  qqq_in,
  qqr,
  qqr_in,
  qq,
  qq_in,
  q_in,
  q_out,
  q_in_r,
  q_in_r_in,
  r_q,
  rr_q,
  r_qq,
  rr_qq,
  r_in_q,
  r_in_qq,
  dup,
  idup,
  idup_wrap,
  lanes_to_rr,
  rr_to_lanes,
  r_to_lane,
  lane_to_r,
  cmp_qq,
  cmp_qr,
  select,
  ctp,
  predicate,
  memory,
  widening,
  interleaved,
  memory_rq,
  memory_q,
  system_register,
  loop,
  loop_if,
  loop_end,
  conditional,
  long_shift,
  clear,
};

struct MveForm {
  uint32_t mask = 0, value = 0;
  InsnClass cls = InsnClass::unknown;
  Fields fields = Fields::none;
  uint8_t macs = 0;
  std::string_view mnemonics;
};

constexpr MveForm form(std::string_view pattern, InsnClass cls, Fields fields, int macs,
                       std::string_view mnemonics) {
  MveForm row{0, 0, cls, fields, static_cast<uint8_t>(macs), mnemonics};
  for (const char c : pattern) {
    if (c == ' ') continue;
    row.mask = row.mask << 1 | (c != '.');
    row.value = row.value << 1 | (c == '1');
  }
  return row;
}

constexpr MveForm kForms[] = {
#define ASSAY_MVE(pattern, cls, fields, macs, mnemonics) \
  form(pattern, InsnClass::cls, Fields::fields, macs, mnemonics),
#include "hw/mve_forms.def"
#undef ASSAY_MVE
};

constexpr uint64_t bit(uint32_t index) { return uint64_t{1} << index; }

/// The fields of one encoding.
struct Word {
  uint32_t word;

  uint32_t at(int low, int bits) const { return word >> low & ((1u << bits) - 1); }
  static uint64_t q(uint32_t index) { return uint64_t{0xf} << (16 + 4 * index); }
  uint64_t qd() const { return q(at(13, 3)); }
  uint64_t qn() const { return q(at(17, 3)); }
  uint64_t qm() const { return q(at(1, 3)); }
  uint64_t r(int low) const { return bit(at(low, 4)) & ~bit(kPc); }  // 15 is the zero register
  uint64_t even(int low) const { return bit(at(low, 3) * 2); }       // a field of three bits
  uint64_t odd(int low) const { return bit(at(low, 3) * 2 + 1); }
  bool accumulates() const { return at(5, 1) != 0; }
};

void write(Insn& insn, uint64_t registers, bool reads_too) {
  insn.writes |= registers;
  if (reads_too) insn.reads |= registers;
}

void vector_fields(Fields fields, Word w, Insn& insn) {
  const bool in = fields == Fields::qqq_in || fields == Fields::qqr_in || fields == Fields::qq_in ||
                  fields == Fields::q_in || fields == Fields::q_in_r || fields == Fields::q_in_r_in;
  write(insn, w.qd(), in);
  if (insn.cls == InsnClass::vec_mac || insn.cls == InsnClass::vec_fmac) insn.accumulator = w.qd();
  switch (fields) {
    case Fields::qqq:
    case Fields::qqq_in:
    case Fields::select:
      insn.reads |= w.qn() | w.qm();
      if (fields == Fields::select) insn.reads |= bit(kPredicate);
      break;
    case Fields::qqr:
    case Fields::qqr_in:
      insn.reads |= w.qn() | w.r(0);
      break;
    case Fields::qq:
    case Fields::qq_in:
      insn.reads |= w.qm();
      break;
    case Fields::q_in_r:
      insn.reads |= w.r(0);
      break;
    case Fields::q_in_r_in:
      write(insn, w.r(0), true);
      break;
    case Fields::idup_wrap:
      insn.reads |= w.odd(1);
      [[fallthrough]];
    case Fields::idup:
      write(insn, w.even(17), true);
      break;
    default:
      break;
  }
}

/// Across lanes into one or two core registers.
void reduction_fields(Fields fields, Word w, Insn& insn) {
  const bool pair = fields == Fields::rr_q || fields == Fields::rr_qq;
  const bool whole = fields == Fields::r_in_q || fields == Fields::r_in_qq;
  const uint64_t result = whole ? w.r(12) : w.even(13) | (pair ? w.odd(20) : 0);
  write(insn, result, whole || w.accumulates());
  if (insn.cls == InsnClass::vec_mac && w.accumulates()) insn.accumulator = result;
  insn.reads |= w.qm();
  if (fields == Fields::r_qq || fields == Fields::rr_qq || fields == Fields::r_in_qq)
    insn.reads |= w.qn();
}

void move_fields(Fields fields, Word w, Insn& insn) {
  const uint64_t lane = uint64_t{3} << (16 + 2 * w.at(16, 4));  // of d0 to d15
  switch (fields) {
    case Fields::dup:
      insn.writes = w.qn();
      insn.reads = w.r(12);
      break;
    case Fields::lanes_to_rr:
      insn.reads = w.qd();
      insn.writes = w.r(0) | w.r(16);
      break;
    case Fields::rr_to_lanes:
      write(insn, w.qd(), true);
      insn.reads |= w.r(0) | w.r(16);
      break;
    case Fields::r_to_lane:
      write(insn, lane, true);
      insn.reads |= w.r(12);
      break;
    case Fields::lane_to_r:
      insn.reads = lane;
      insn.writes = w.r(12);
      break;
    case Fields::cmp_qq:
      insn.reads = w.qn() | w.qm();
      insn.writes = bit(kPredicate);
      break;
    case Fields::cmp_qr:
      insn.reads = w.qn() | w.r(0);
      insn.writes = bit(kPredicate);
      break;
    case Fields::ctp:
      insn.reads = w.r(16);
      insn.writes = bit(kPredicate);
      break;
    default:  // VPST, VPNOT
      write(insn, bit(kPredicate), true);
      break;
  }
}

/// Bytes of an element in memory: the size field, or what a widening load reads.
uint8_t element_bytes(Fields fields, Word w) {
  if (fields == Fields::widening) return w.at(19, 1) ? 2 : 1;
  if (fields == Fields::memory_q) return w.at(8, 1) ? 8 : 4;
  return static_cast<uint8_t>(
      1u << (fields == Fields::memory_rq ? w.at(4, 1) + 2 * w.at(6, 1) : w.at(7, 2)));
}

void memory_fields(Fields fields, Word w, Insn& insn) {
  const bool is_load = w.at(20, 1) != 0, by_vector = fields == Fields::memory_q;
  const bool elements = by_vector || fields == Fields::memory_rq;
  const uint64_t narrow_base = bit(w.at(16, 3));
  insn.address_reads = by_vector ? w.qn() : fields == Fields::widening ? narrow_base : w.r(16);
  if (fields == Fields::memory_rq) insn.address_reads |= w.qm();
  const bool system = fields == Fields::system_register;
  const uint64_t data = system ? bit(kPredicate) : w.qd();
  (is_load ? insn.writes : insn.reads) |= data;
  if (fields == Fields::interleaved) {  // each of a VLD4 fills part of four vectors
    const uint32_t count = w.at(0, 1) ? 4 : 2;
    for (uint32_t i = 1; i < count && w.at(13, 3) + i < 8; ++i)
      (is_load ? insn.writes : insn.reads) |= Word::q(w.at(13, 3) + i);
  }
  const uint8_t element = element_bytes(fields, w);
  const uint32_t lane_bytes = 1u << w.at(7, 2);  // of a widening load's result
  insn.access_bytes = 8;
  if (elements) insn.access_bytes = element;
  if (system) insn.access_bytes = 4;
  if (fields == Fields::widening)
    insn.access_bytes = static_cast<uint8_t>(8 * element / lane_bytes);
  const int transfers = system ? 1 : elements ? 16 / std::max<int>(4, element) : 2;
  (is_load ? insn.loads : insn.stores) = static_cast<uint8_t>(transfers);
  insn.reads |= insn.address_reads;
  const bool indexed =
      fields == Fields::memory || fields == Fields::widening || system || by_vector;
  insn.writeback = (indexed || fields == Fields::interleaved) && w.at(21, 1) != 0;
  if (!insn.writeback) return;
  insn.writes |= insn.address_reads;
  const auto offset = static_cast<int32_t>(w.at(0, 7) * (system ? 4 : element));
  if ((insn.address_reads & bit(kSp)) && !by_vector)
    insn.stack_drop_bytes = w.at(23, 1) ? -offset : offset;
}

void loop_fields(Fields fields, Word w, Insn& insn) {
  const auto distance = static_cast<int32_t>(w.at(1, 10) << 2 | w.at(11, 1) << 1);
  insn.writes = bit(kLr);
  if (fields == Fields::loop) {
    insn.reads = w.r(16);
    return;
  }
  insn.ends_block = true;
  insn.writes |= bit(kPc);
  insn.reads = fields == Fields::loop_end ? bit(kLr) : w.r(16);
  insn.offset_bytes = 4 + (fields == Fields::loop_end ? -distance : distance);
}

/// CSEL and its kind, shifts of 64 bits in two registers or of 32 with saturation.
void scalar_fields(Fields fields, Word w, Insn& insn) {
  if (fields == Fields::conditional) {
    insn.writes = w.r(8);
    insn.reads = w.r(16) | w.r(0) | bit(kFlags);
    insn.kind = AluKind::logic;
    return;
  }
  insn.kind = AluKind::shift;
  const bool single = w.at(8, 4) == 15, by_register = w.at(4, 2) != 0 && w.at(0, 4) == 13;
  if (single)
    write(insn, w.r(16), true);
  else
    write(insn, w.even(17) | w.odd(9), true);
  if (by_register) insn.reads |= w.r(12);
}

void fill(const MveForm& form, Word w, Insn& insn) {
  switch (form.fields) {
    case Fields::none:
      return;
    case Fields::clear:
      insn.writes = w.at(0, 13) | bit(kLr) * w.at(14, 1);
      return;
    case Fields::loop:
    case Fields::loop_if:
    case Fields::loop_end:
      return loop_fields(form.fields, w, insn);
    case Fields::conditional:
    case Fields::long_shift:
      return scalar_fields(form.fields, w, insn);
    case Fields::memory:
    case Fields::widening:
    case Fields::interleaved:
    case Fields::memory_rq:
    case Fields::memory_q:
    case Fields::system_register:
      return memory_fields(form.fields, w, insn);
    case Fields::r_q:
    case Fields::rr_q:
    case Fields::r_qq:
    case Fields::rr_qq:
    case Fields::r_in_q:
    case Fields::r_in_qq:
      return reduction_fields(form.fields, w, insn);
    case Fields::dup:
    case Fields::lanes_to_rr:
    case Fields::rr_to_lanes:
    case Fields::r_to_lane:
    case Fields::lane_to_r:
    case Fields::cmp_qq:
    case Fields::cmp_qr:
    case Fields::ctp:
    case Fields::predicate:
      return move_fields(form.fields, w, insn);
    default:
      return vector_fields(form.fields, w, insn);
  }
}

const MveForm* find(uint16_t first, uint16_t second) {
  const uint32_t word = uint32_t{first} << 16 | second;
  for (const MveForm& row : kForms)
    if ((word & row.mask) == row.value) return &row;
  return nullptr;
}

}  // namespace

bool decode_mve(uint16_t first, uint16_t second, Insn& insn) {
  const MveForm* row = find(first, second);
  if (row == nullptr) return false;
  insn.cls = row->cls;
  insn.macs = row->macs;
  fill(*row, Word{uint32_t{first} << 16 | second}, insn);
  return true;
}

std::string_view mve_mnemonics(uint16_t first, uint16_t second) {
  const MveForm* row = find(first, second);
  return row == nullptr ? std::string_view() : row->mnemonics;
}

}  // namespace assay
