// QEMU TCG plugin: tells BlockCounter of each block that QEMU runs, and writes what it counted.
//
//   qemu-system-arm ... -plugin assay_qemu.so,job=job.json,trace=trace.json
//
// The idea: a thin shell. QEMU translates a block once: its bytes go to BlockCounter, which decodes
// and times it with the same library as in process; what runs each time is one addition. Level 1 of
// the interface (QEMU 7.2) reads no register, so sp is followed by what each block does to it, from
// its first value, and a call returns to the end of the block that called last. What a board's
// own ROM runs before the image's entry is not counted.
//
// Pitfalls that this file knows of: QEMU 7.2 gives the last instruction before a page's end two
// bytes too many, so sizes come from the first halfword; at exit C++ destructors run before QEMU's
// own callback, so the state is never destroyed and the trace is written by atexit().
//
// Not handled: several processors, code that changes while it runs; where sp is set from a register
// (alloca), there is no stack figure, and the trace says why.
// Source: QEMU, docs/devel/tcg-plugins.rst.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <thread>

#include "confine.h"
#include "hw/decode.h"
#include "hw/isa_family.h"
#include "measure/inference_counter.h"
#include "measure/trace.h"
#include "profiling.h"
#include "qemu_api.h"
#include "util/files.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int64_t kLookAround = 50'000'000;     ///< instructions between looks at the clock
constexpr uint64_t kFlags = uint64_t{1} << 48;  ///< Arm's; on RISC-V nothing that moves sp reads it
/// Where every exception goes: firmware/riscv.c, firmware/startup.c. The first that there is.
constexpr const char* kFaultSymbols[] = {"firmware_trap", "firmware_fault"};

/// A block, and what it does to sp, which BlockCounter cannot ask QEMU for.
struct Step {
  Block* block = nullptr;
  int32_t sp_change = 0, sp_change_taken = 0;  ///< the latter only if its branch is taken
  uint32_t returns_to = 0;                     ///< the end of a block that calls; else 0
  bool sets_sp = false;                        ///< from a register
  bool is_fault = false;
  BlockExit exit;  ///< for a profile
};

/// Bytes of a vector that have been accessed one element after the other: what goes over the core's
/// bus in one beat.
struct Beat {
  uint32_t begin = 0, end = 0;
  bool is_store = false;
};

/// The state of the run. One, never destroyed: QEMU's exit runs destructors before it is done.
struct Shell {
  std::string trace_file;
  TraceJob job;
  std::vector<std::byte> elf_bytes;
  ElfFile elf;
  Target target;
  CoreTiming core;
  std::optional<RunRequest> request;
  std::optional<BlockCounter> counter;
  std::optional<InferenceCounter> inferences;
  std::unique_ptr<Profiling> profiling;  ///< or this
  std::FILE* profile_file = nullptr;     ///< open from the beginning: later, nothing can be opened
  bool data_is_copied = false;           ///< level 3 of the interface
  std::vector<std::byte> code;           ///< of the block that is being translated
  std::deque<Step> steps;                ///< never move: QEMU keeps their addresses
  std::deque<uint32_t> widths;           ///< nor do these: bytes of a vector's element, once known
  std::map<Block*, Step*> by_block;
  Step first;  ///< before the first block
  Step* previous = &first;
  uint32_t sp = 0, lr = 0, entry = 0, fault_entry = 0;
  Beat beat;
  bool sp_known = true, entered = false;
  std::atomic<bool> written = false;
  int64_t one_by_one = 0;
  int64_t quantum = 0, instructions = 0;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  Trace trace;
};
Shell* shell = nullptr;
BlockCounter* counter = nullptr;  ///< the shell's: read at each access

/// What the profile has, ended so.
void write_profile(ProfileEnd end, std::string why) {
  if (shell->written.exchange(true)) return;
  shell->trace.profile = shell->profiling->facts(end, std::move(why));
  const std::string json = write_trace(shell->trace);
  if (std::fwrite(json.data(), 1, json.size(), shell->profile_file) != json.size() ||
      std::fclose(shell->profile_file) != 0)
    std::fprintf(stderr, "assay: the trace could not be written: %s\n", std::strerror(errno));
}

void write_result() {
  if (shell->profiling)  // on a thread of its own: exit() has destroyed what is local to this one
    return std::thread([] { write_profile(ProfileEnd::finished, ""); }).join();
  if (shell->written.exchange(true)) return;
  Trace& trace = shell->trace;
  trace.facts = shell->inferences->facts(shell->job.stack_top);
  if (!shell->sp_known)
    trace.facts.no_stack =
        "the firmware sets its stack pointer from a register, which QEMU does not show";
  if (shell->job.count_twice && shell->one_by_one != counter->instructions())
    trace.stopped = fmt::format("{} instructions by blocks, {} one by one", counter->instructions(),
                                shell->one_by_one);
  const Status written = write_text(shell->trace_file, write_trace(trace));
  if (!written) std::fprintf(stderr, "assay: %s\n", text(written.error()).c_str());
}

/// Ends the run from within it: QEMU's own way out is for the thread that we are not on.
[[noreturn]] void stop(std::string why) {
  shell->trace.stopped = std::move(why);
  write_result();
  _exit(0);
}

[[noreturn]] void stop_profile(ProfileEnd end, std::string why) {
  write_profile(end, std::move(why));
  _exit(0);
}

/// QEMU gives up by abort(): what is known until then is kept.
void on_abort(int) {
  if (shell->profiling) write_profile(ProfileEnd::fault, "");
}

[[noreturn]] void at_limit(const std::string& limit) {
  if (shell->profiling)
    stop_profile(ProfileEnd::limit,
                 fmt::format("the limit of {}, in {}", limit, shell->profiling->place()));
  stop(fmt::format("stopped in {}: the limit of {}", shell->inferences->place(), limit));
}

[[gnu::noinline]] void look_around() {
  const TraceJob& job = shell->job;
  shell->instructions += shell->quantum - counter->instructions_left;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - shell->started;
  if (shell->instructions >= job.max_instructions)
    at_limit(fmt::format("{} instructions", thousands(job.max_instructions)));
  if (elapsed.count() > job.max_seconds) at_limit(fmt::format("{} s", job.max_seconds));
  shell->quantum = std::min(kLookAround, job.max_instructions - shell->instructions);
  counter->instructions_left = shell->quantum;
}

[[gnu::noinline]] void attend(const Step& step) {
  if (step.is_fault && shell->trace.fault.empty()) shell->trace.fault = shell->inferences->place();
  shell->inferences->attend(*step.block, {.sp = shell->sp, .lr = shell->lr});
}

[[gnu::noinline]] void end_beat() {
  Beat& beat = shell->beat;
  while (beat.begin != beat.end) {
    const uint32_t bytes = std::bit_floor(beat.end - beat.begin);
    counter->access(beat.begin, bytes, beat.is_store);
    beat.begin += bytes;
  }
}

void on_block(unsigned /*vcpu*/, void* user) {
  Step& step = *static_cast<Step*>(user);
  if (shell->beat.begin != shell->beat.end) end_beat();
  Block& block = *step.block;
  const Step& before = *shell->previous;
  shell->sp += static_cast<uint32_t>(before.sp_change);
  if (before.sp_change_taken != 0 && counter->block().end != block.begin)
    shell->sp += static_cast<uint32_t>(before.sp_change_taken);
  if (before.returns_to != 0) shell->lr = before.returns_to;
  shell->previous = &step;
  counter->arrive(block);
  if (block.marks & Block::kAttend) attend(step);
  counter->start(block);
  if (counter->instructions_left < 0) look_around();
  if (step.sets_sp) shell->sp_known = false;
}

void on_profiled_block(unsigned /*vcpu*/, void* user) {
  const Step& step = *static_cast<Step*>(user);
  if (shell->beat.begin != shell->beat.end) end_beat();
  const Block& block = *step.block;
  Profiling& profiling = *shell->profiling;
  std::string why = profiling.run(block.begin, block.end - block.begin, step.exit);
  if (!why.empty())
    stop_profile(profiling.faulted() ? ProfileEnd::fault : ProfileEnd::finished, std::move(why));
  if (counter->instructions_left < 0) look_around();
}

uint32_t bytes_of(qemu_plugin_meminfo_t info) { return 1u << qemu_plugin_mem_size_shift(info); }

/// Where the order of accesses does not matter: each instruction has a site of its own.
template <bool kStore>
void on_access(unsigned /*vcpu*/, qemu_plugin_meminfo_t info, uint64_t address, void* user) {
  AccessSite& site = *static_cast<AccessSite*>(user);
  if (!site.count_again(static_cast<uint32_t>(address))) [[unlikely]]
    counter->access_at(site, static_cast<uint32_t>(address),
                       AccessSite::kind_of(bytes_of(info), kStore));
}

/// Where it does: the same, in order. Accesses of one instruction are equally wide.
template <bool kStore>
void on_timed_access(unsigned /*vcpu*/, qemu_plugin_meminfo_t info, uint64_t address, void* user) {
  AccessSite& site = *static_cast<AccessSite*>(user);
  if (site.kind == 0) [[unlikely]]
    site.kind = AccessSite::kind_of(bytes_of(info), kStore);
  counter->access(site, static_cast<uint32_t>(address), site.kind);
}

void on_any_access(unsigned /*vcpu*/, qemu_plugin_meminfo_t info, uint64_t address, void*) {
  counter->access(static_cast<uint32_t>(address), bytes_of(info), qemu_plugin_mem_is_store(info));
}

/// QEMU tells of a vector's elements one by one; the core takes up to eight bytes a beat.
template <bool kStore>
void on_element(unsigned /*vcpu*/, qemu_plugin_meminfo_t info, uint64_t address, void* user) {
  constexpr uint32_t kBeatBytes = 8;
  Beat& beat = shell->beat;
  const auto begin = static_cast<uint32_t>(address);
  uint32_t& bytes = *static_cast<uint32_t*>(user);
  if (bytes == 0) bytes = bytes_of(info);
  const bool follows = beat.begin != beat.end && begin == beat.end && kStore == beat.is_store;
  if (!follows || begin + bytes - beat.begin > kBeatBytes) {
    end_beat();
    beat = {begin, begin, kStore};
  }
  beat.end = begin + bytes;
}

/// Asks QEMU to tell what the instruction does to memory, if it does anything. What the decoder
/// does not know may read and write, and so does an exclusive store, which compares first.
void hear_accesses(qemu_plugin_insn* of, const Insn& insn, AccessSite* site) {
  if (insn.cls != InsnClass::unknown && insn.loads + insn.stores == 0) return;
  const bool stores = insn.stores > 0;
  const bool status = insn.cls == InsnClass::store && (insn.writes & ~insn.address_reads) != 0;
  qemu_plugin_vcpu_mem_cb_t callback =
      counter->times_data() ? on_timed_access<false> : on_access<false>;
  if (stores) callback = counter->times_data() ? on_timed_access<true> : on_access<true>;
  void* user = site;
  if (insn.cls == InsnClass::vec_load || insn.cls == InsnClass::vec_store) {
    callback = stores ? on_element<true> : on_element<false>;
    user = &shell->widths.emplace_back();
  } else if (insn.cls == InsnClass::unknown || (insn.loads > 0 && stores) || status) {
    callback = on_any_access;
  }
  // Always for reads and writes: QEMU 7.2 mistakes one for the other where only one is asked for.
  qemu_plugin_register_vcpu_mem_cb(of, callback, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, user);
}

void on_instruction(unsigned /*vcpu*/, void* /*user*/) { ++shell->one_by_one; }

/// The instruction's own bytes, at least its first halfword.
void append_code(const qemu_plugin_insn* insn, std::vector<std::byte>& code) {
  std::byte bytes[4] = {};
  if (shell->data_is_copied) {
    reinterpret_cast<qemu_insn_data_copy_t>(qemu_plugin_insn_data)(insn, bytes, sizeof bytes);
  } else {
    const void* data = reinterpret_cast<qemu_insn_data_pointer_t>(qemu_plugin_insn_data)(insn);
    std::memcpy(bytes, data, 2);
    if (instruction_bytes(bytes, shell->core.isa) == 4) std::memcpy(bytes, data, 4);
  }
  code.insert(code.end(), bytes, bytes + instruction_bytes(bytes, shell->core.isa));
}

/// How the block moves sp: by constants, or not in a way that the code tells.
void follow_sp(std::span<const Insn> insns, Step& step) {
  const uint64_t sp = uint64_t{1} << isa_family(shell->core.isa).stack_pointer;
  for (const Insn& insn : insns) {
    if ((insn.writes & sp) == 0) continue;
    const bool conditional = (insn.reads & kFlags) != 0;
    if (insn.stack_drop_bytes == 0 || (conditional && !insn.ends_block))
      step.sets_sp = true;
    else
      (conditional ? step.sp_change_taken : step.sp_change) -= insn.stack_drop_bytes;
  }
}

Step& step_of(uint32_t address, std::span<const Insn> insns) {
  Block& block = counter->find(address, static_cast<uint32_t>(shell->code.size()));
  Step*& known = shell->by_block[&block];
  if (known == nullptr) {
    known = &shell->steps.emplace_back();
    known->block = &block;
    known->returns_to = block.calls ? block.end : 0;
    known->is_fault = address == shell->fault_entry;
    follow_sp(insns, *known);
    if (address == shell->entry && known->sets_sp) {  // to the stack's top, where `sp` begins
      known->sets_sp = false;
      known->sp_change = 0;
    }
  }
  return *known;
}

/// One block of those that a profile divides a block of QEMU's into: from its instruction `first`.
/// Returns the first instruction of the next.
size_t profile_block(qemu_plugin_tb* tb, size_t first) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  const auto address_of = [tb](size_t i) {
    return static_cast<uint32_t>(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i)));
  };
  const uint32_t address = address_of(first);
  shell->code.clear();
  size_t end = first;
  do append_code(qemu_plugin_tb_get_insn(tb, end++), shell->code);
  while (end < count &&
         shell->profiling->cut(address, address_of(end) - address + 1) != address_of(end));
  const std::vector<Insn> insns = decode(shell->code, address, shell->core.isa);
  shell->profiling->translated(address, shell->code);
  Block& block = counter->find(address, static_cast<uint32_t>(shell->code.size()));
  Step& step = shell->steps.emplace_back();
  step.block = &block;
  step.exit = shell->profiling->exit_of(address, shell->code, insns);
  qemu_plugin_insn* begin = qemu_plugin_tb_get_insn(tb, first);
  if (first == 0)
    qemu_plugin_register_vcpu_tb_exec_cb(tb, on_profiled_block, QEMU_PLUGIN_CB_NO_REGS, &step);
  else
    qemu_plugin_register_vcpu_insn_exec_cb(begin, on_profiled_block, QEMU_PLUGIN_CB_NO_REGS, &step);
  for (size_t i = first; i < end; ++i)
    if (i - first < insns.size())
      hear_accesses(qemu_plugin_tb_get_insn(tb, i), insns[i - first],
                    &counter->site_of(block, i - first));
  return end;
}

/// Code may change while a profile runs; firmware's own thread is confined before its first
/// instruction.
void on_profiled_translation(qemu_plugin_id_t /*id*/, qemu_plugin_tb* tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  if (count == 0) return;
  const auto address =
      static_cast<uint32_t>(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)));
  if (!shell->entered) {
    shell->entered = address == shell->entry;
    const Status confined = confine_this_thread();
    if (!confined) stop_profile(ProfileEnd::fault, text(confined.error()));
  }
  if (!shell->entered) return;
  for (size_t i = 0; i < count;) i = profile_block(tb, i);
}

void on_translation(qemu_plugin_id_t /*id*/, qemu_plugin_tb* tb) {
  const size_t count = qemu_plugin_tb_n_insns(tb);
  if (count == 0) return;
  shell->code.clear();
  for (size_t i = 0; i < count; ++i) append_code(qemu_plugin_tb_get_insn(tb, i), shell->code);
  const auto address =
      static_cast<uint32_t>(qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0)));
  shell->entered |= address == shell->entry;
  if (!shell->entered) return;
  const std::vector<Insn> insns = decode(shell->code, address, shell->core.isa);
  Step& step = step_of(address, insns);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, QEMU_PLUGIN_CB_NO_REGS, &step);
  for (size_t i = 0; i < count; ++i) {
    qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
    if (i < insns.size())
      hear_accesses(insn, insns[i], &counter->site_of(*step.block, i));
    else
      hear_accesses(insn, {}, nullptr);
    if (shell->job.count_twice)
      qemu_plugin_register_vcpu_insn_exec_cb(insn, on_instruction, QEMU_PLUGIN_CB_NO_REGS, nullptr);
  }
}

/// "job=FILE" and "trace=FILE".
std::string argument(int argc, char** argv, std::string_view key) {
  for (int i = 0; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with(key) && word.substr(key.size()).starts_with("="))
      return std::string(word.substr(key.size() + 1));
  }
  return "";
}

/// Firmware may sleep for ever, and then no block runs.
void watch_the_clock() {
  std::this_thread::sleep_for(std::chrono::duration<double>(shell->job.max_seconds + 2));
  stop_profile(ProfileEnd::limit, fmt::format("the limit of {} s, asleep in {}",
                                              shell->job.max_seconds, shell->profiling->place()));
}

Status prepare_profile(BlockCounter::ReadCode read_code) {
  std::optional<SourceLines> lines;
  if (shell->job.profile->lines) {
    Result<SourceLines> read = SourceLines::read(shell->elf_bytes);
    if (read) lines = *std::move(read);
  }
  shell->profile_file = std::fopen(shell->trace_file.c_str(), "w");
  if (shell->profile_file == nullptr)
    return fail(ErrorKind::environment, "{}: {}", shell->trace_file, std::strerror(errno));
  shell->profiling = std::make_unique<Profiling>(shell->job, shell->elf, shell->target, shell->core,
                                                 std::move(read_code), std::move(lines));
  counter = &shell->profiling->blocks();
  shell->entry = shell->profiling->begin(shell->entry);
  std::signal(SIGABRT, on_abort);
  std::thread(watch_the_clock).detach();
  return {};
}

Status prepare(const qemu_info_t& info, int argc, char** argv) {
  if (!info.system_emulation || info.system.smp_vcpus != 1)
    return fail(ErrorKind::unsupported, "emulates a machine with one processor only");
  shell->data_is_copied = info.version.cur >= 3;
  shell->trace_file = argument(argc, argv, "trace");
  const std::string job = TRY(read_text(argument(argc, argv, "job")));
  shell->job = TRY(in(read_job(job), "the job"));
  shell->core = TRY(read_core(shell->job.core, "core"));
  shell->target = TRY(read_target(shell->job.target, "target.toml"));
  shell->elf_bytes = TRY(read_file(shell->job.elf));
  shell->elf = TRY(in(read_elf(shell->elf_bytes), "{}", shell->job.elf));
  shell->request.emplace(RunRequest{.elf = shell->elf,
                                    .target = shell->target,
                                    .core = shell->core,
                                    .inputs = {},
                                    .layer_symbols = shell->job.layer_symbols,
                                    .invoke_symbol = shell->job.invoke_symbol});
  shell->entry = shell->elf.entry & ~1u;
  const auto read_code = [](uint32_t, uint32_t bytes) {  // of the block that is being translated
    const std::vector<std::byte>& code = shell->code;
    return std::vector(code.begin(),
                       code.begin() + static_cast<ptrdiff_t>(std::min<size_t>(bytes, code.size())));
  };
  if (shell->job.profile) return prepare_profile(read_code);
  counter = &shell->counter.emplace(shell->elf, shell->target, shell->core, read_code);
  shell->inferences.emplace(TRY(InferenceCounter::make(*shell->request, *counter)));
  shell->sp = shell->job.stack_top;
  for (const char* name : kFaultSymbols)
    if (const ElfSymbol* fault = shell->elf.find(name); fault && shell->fault_entry == 0)
      shell->fault_entry = fault->address;
  counter->begin_at(shell->entry);
  return {};
}

}  // namespace
}  // namespace assay

/// The level that this QEMU takes: 1 up to the last version with level 1, else 2, which all later
/// ones take. Set before QEMU reads it, when the library is loaded.
int qemu_plugin_version = 1;

namespace {
[[gnu::constructor]] void choose_level() {
  if (dlsym(RTLD_DEFAULT, "qemu_plugin_n_vcpus") == nullptr) qemu_plugin_version = 2;
}
}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv) {
  assay::shell = new assay::Shell;
  const assay::Status ready = assay::prepare(*info, argc, argv);
  if (!ready) {
    std::fprintf(stderr, "assay: %s\n", text(ready.error()).c_str());
    return 1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(
      id, assay::shell->profiling ? assay::on_profiled_translation : assay::on_translation);
  return std::atexit(assay::write_result);
}
