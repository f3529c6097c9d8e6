// Machine over Unicorn (QEMU's translator as a library).
//
// One hook a block; one on memory only if asked for, since it takes every access off the fast path.
// BKPT, SVC and undefined instructions arrive as interrupts; a return from an exception as one, or
// as a jump to where nothing is. uc_emu_stop in a block hook takes effect before that block, in a
// memory hook when its block has run, unless that ends in an exception: the block hook asks again.
// Unicorn's Cortex-M7 has no double-precision FPU: its A-profile core runs the same Thumb-2 code,
// without what tells the profiles apart. RISC-V cores are all "any"; their EBREAK arrives as an
// invalid instruction. No M55. Of memory at two addresses, code that is overwritten at one goes on
// at the other as it was. Any number may run in threads.
#include "measure/machine.h"

#include <unicorn/unicorn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "hw/isa_family.h"

namespace assay {
namespace {

constexpr uint64_t kPage = 4096;
/// Unicorn 2.0.1 looks for overwritten code at every store, and takes longer where one of its
/// tables holds code: of a megabyte each (Arm; four, RISC-V), as memory was mapped. While spacers
/// stand between, RAM gets tables of its own.
constexpr uint64_t kSpacer = 4 << 20, kSpacers = 0xf0000000;
constexpr uint64_t kNever = 0xfffffffe;  ///< no block starts there
constexpr uint32_t kFirstReturn = 0xffffff00;

struct CpuModel {
  std::string_view core;
  int model;
};
constexpr CpuModel kModels[] = {
    {"cortex_m0", UC_CPU_ARM_CORTEX_M0}, {"cortex_m0plus", UC_CPU_ARM_CORTEX_M0},
    {"cortex_m3", UC_CPU_ARM_CORTEX_M3}, {"cortex_m4", UC_CPU_ARM_CORTEX_M4},
    {"cortex_m7", UC_CPU_ARM_CORTEX_M7}, {"cortex_m33", UC_CPU_ARM_CORTEX_M33},
};

constexpr CpuModel kAnyRiscv = {"", UC_CPU_RISCV32_ANY};

bool is_riscv(const CoreTiming& core) { return isa_family(core.isa).name == "riscv"; }

/// nullptr if Unicorn has no such core.
const CpuModel* cpu_model(const CoreTiming& core) {
  if (is_riscv(core)) return &kAnyRiscv;
  const auto found = std::ranges::find(kModels, core.name, &CpuModel::core);
  return found == std::end(kModels) ? nullptr : &*found;
}

constexpr int kRegisters[] = {
    UC_ARM_REG_R0,      UC_ARM_REG_R1,      UC_ARM_REG_R2,      UC_ARM_REG_R3,
    UC_ARM_REG_R4,      UC_ARM_REG_R5,      UC_ARM_REG_R6,      UC_ARM_REG_R7,
    UC_ARM_REG_R8,      UC_ARM_REG_R9,      UC_ARM_REG_R10,     UC_ARM_REG_R11,
    UC_ARM_REG_R12,     UC_ARM_REG_SP,      UC_ARM_REG_LR,      UC_ARM_REG_PC,
    UC_ARM_REG_XPSR,    UC_ARM_REG_IPSR,    UC_ARM_REG_MSP,     UC_ARM_REG_PSP,
    UC_ARM_REG_CONTROL, UC_ARM_REG_PRIMASK, UC_ARM_REG_BASEPRI, UC_ARM_REG_FAULTMASK,
    UC_ARM_REG_FPSCR};

/// RISC-V's by what they are for: the arguments a0 and up for r0 and up, ra for lr.
constexpr int kRiscvRegisters[] = {
    UC_RISCV_REG_A0, UC_RISCV_REG_A1, UC_RISCV_REG_A2, UC_RISCV_REG_A3,
    UC_RISCV_REG_A4, UC_RISCV_REG_A5, UC_RISCV_REG_A6, UC_RISCV_REG_A7,
    UC_RISCV_REG_T0, UC_RISCV_REG_T1, UC_RISCV_REG_T2, UC_RISCV_REG_S0,
    UC_RISCV_REG_S1, UC_RISCV_REG_SP, UC_RISCV_REG_RA, UC_RISCV_REG_PC};

constexpr int kCsrs[] = {UC_RISCV_REG_MSTATUS, UC_RISCV_REG_MIE,    UC_RISCV_REG_MTVEC,
                         UC_RISCV_REG_MEPC,    UC_RISCV_REG_MCAUSE, UC_RISCV_REG_MTVAL};

Status check(uc_err error, std::string_view doing) {
  if (error == UC_ERR_OK) return {};
  return fail(ErrorKind::environment, "unicorn: {}: {}", doing, uc_strerror(error));
}

struct Free {
  void operator()(std::byte* memory) const { std::free(memory); }
};

struct Close {
  void operator()(uc_engine* engine) const { uc_close(engine); }
};

/// Windows that call the hooks: on-chip peripherals, the private bus, and what parts keep in their
/// system memory (identification) or beyond external memory (its controllers' registers).
struct Window {
  uint64_t begin, bytes;
};
constexpr Window kWindows[] = {{0x40000000, 0x20000000}, {0xe0000000, 0x00100000}};
/// STM32's system memory (unique number, size of flash) and memory controllers: firmware of a known
/// family reads them. Our own does not, so there an access is a fault.
constexpr Window kFamilyWindows[] = {{0x1ff00000, 0x00100000}, {0xa0000000, 0x00002000}};

struct Range {
  uint64_t begin, end;
};

}  // namespace

struct Machine::State {
  struct Mapped {  // one MMIO window, as its callbacks get it
    State* state;
    uint64_t begin;
  };

  std::vector<std::unique_ptr<std::byte, Free>> shared = {};  ///< memory seen at two addresses
  std::unique_ptr<uc_engine, Close> engine;
  MachineHooks hooks;
  bool riscv = false;
  std::vector<Range> memory = {};
  std::vector<std::unique_ptr<Mapped>> windows = {};
  std::vector<uint32_t> splits = {};
  uint32_t block = 0;  ///< that runs
  bool stopping = false;
  int parts_left = 0;  ///< of a load across two pages
  std::optional<StopEvent> event = {};

  void end(StopEvent with) {
    if (!event) event = std::move(with);
    stopping = true;
    uc_emu_stop(engine.get());
  }

  /// The library's number of a register, -1 if the core has none like it.
  int id(Register reg) const {
    const auto index = static_cast<size_t>(reg);
    if (!riscv) return kRegisters[index];
    return index < std::size(kRiscvRegisters) ? kRiscvRegisters[index] : -1;
  }

  uint32_t reg(int id) const {
    uint32_t value = 0;
    if (id < 0) return 0;
    uc_reg_read(engine.get(), id, &value);
    return value;
  }

  static State& of(void* user) { return *static_cast<State*>(user); }

  static void on_block(uc_engine* uc, uint64_t address, uint32_t bytes, void* user) {
    State& s = of(user);
    if (s.stopping) {  // asked for in another hook or the block before, and lost
      uc_emu_stop(uc);
      return;
    }
    const auto begin = static_cast<uint32_t>(address);
    for (const uint32_t split : s.splits)
      if (split > begin && split - begin < bytes) bytes = split - begin;
    s.hooks.block(s.hooks.user, s.block = begin, bytes);
  }

  static void on_intercept(uc_engine*, uint64_t address, uint32_t, void* user) {
    State& s = of(user);
    if (!s.stopping) s.end({StopKind::intercept, 0, static_cast<uint32_t>(address), {}});
  }

  /// The library's block goes on here: ends the run, so that the next one begins a block.
  static void on_split(uc_engine*, uint64_t address, uint32_t, void* user) {
    State& s = of(user);
    if (s.stopping || s.block == address) return;
    s.end({StopKind::split, 0, static_cast<uint32_t>(address), {}});
  }

  static void on_instruction(uc_engine*, uint64_t address, uint32_t bytes, void* user) {
    const State& s = of(user);
    if (!s.stopping) s.hooks.instruction(s.hooks.user, static_cast<uint32_t>(address), bytes);
  }

  static void on_access(uc_engine*, uc_mem_type type, uint64_t address, int bytes, int64_t,
                        void* user) {
    State& s = of(user);
    if (s.parts_left > 0 && type == UC_MEM_READ) {
      --s.parts_left;
      return;
    }
    // A load across two pages is told whole, then as the aligned loads that it is made of. Pages of
    // an Arm with an MPU are of 1 KiB (QEMU's target/arm/cpu.c, arm_cpu_realizefn).
    const uint64_t last = s.riscv ? kPage - 1 : 1023;  // a mask: this runs at every access
    const bool splits = (address & last) + static_cast<uint64_t>(bytes) > last + 1;
    s.parts_left = type == UC_MEM_READ && splits ? 2 : 0;
    s.hooks.access(s.hooks.user, static_cast<uint32_t>(address), static_cast<uint32_t>(bytes),
                   type == UC_MEM_WRITE);
  }

  static void on_translated(uc_engine*, uc_tb* now, uc_tb*, void* user) {
    const State& s = of(user);
    s.hooks.translated(s.hooks.user, static_cast<uint32_t>(now->pc));
  }

  static void on_interrupt(uc_engine*, uint32_t number, void* user) {
    State& s = of(user);
    const bool is_return = number == kExceptionReturn && !s.riscv;  // there: ECALL
    s.end({is_return ? StopKind::exception_return : StopKind::exception,
           number,
           s.reg(s.id(Register::pc)),
           {}});
  }

  static bool on_invalid(uc_engine*, uc_mem_type type, uint64_t address, int bytes, int64_t,
                         void* user) {
    State& s = of(user);
    const auto at = static_cast<uint32_t>(address);
    const bool is_fetch = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;
    if (is_fetch && at >= kFirstReturn) {
      s.end({StopKind::exception_return, kExceptionReturn, at, {}});
      return false;
    }
    std::string_view what = "read of";
    if (type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT) what = "write of";
    const bool is_flash = type == UC_MEM_WRITE_PROT;
    s.end({StopKind::bad_access, 0, at,
           is_fetch ? fmt::format("jump to 0x{:08x}, where no code is", at)
                    : fmt::format("{} {} bytes at 0x{:08x}, {}", what, bytes, at,
                                  is_flash ? "which is flash" : "where nothing is")});
    return false;
  }

  static uint64_t on_window_read(uc_engine*, uint64_t offset, unsigned bytes, void* user) {
    const auto& window = *static_cast<Mapped*>(user);
    const MachineHooks& hooks = window.state->hooks;
    return hooks.peripheral_read(hooks.user, static_cast<uint32_t>(window.begin + offset), bytes);
  }

  static void on_window_write(uc_engine*, uint64_t offset, unsigned bytes, uint64_t value,
                              void* user) {
    const auto& window = *static_cast<Mapped*>(user);
    const MachineHooks& hooks = window.state->hooks;
    hooks.peripheral_write(hooks.user, static_cast<uint32_t>(window.begin + offset), bytes,
                           static_cast<uint32_t>(value));
  }

  /// Each callback has a type of its own; the library takes them all as void*.
  template <class Callback>
  Status add(int type, Callback* callback) {
    uc_hook hook = 0;
    return check(
        uc_hook_add(engine.get(), &hook, type, reinterpret_cast<void*>(callback), this, 1, 0),
        "hooking");
  }

  /// Before the instruction at one address.
  template <class Callback>
  Status add_at(uint32_t address, Callback* callback) {
    uc_hook hook = 0;
    return check(uc_hook_add(engine.get(), &hook, UC_HOOK_CODE, reinterpret_cast<void*>(callback),
                             this, address, address),
                 "hooking an address");
  }

  Status add_hooks() {
    TRY_STATUS(add(UC_HOOK_BLOCK, on_block));
    TRY_STATUS(add(UC_HOOK_INTR, on_interrupt));
    TRY_STATUS(add(UC_HOOK_MEM_INVALID, on_invalid));
    if (hooks.instruction) TRY_STATUS(add(UC_HOOK_CODE, on_instruction));
    if (hooks.access) TRY_STATUS(add(UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, on_access));
    if (hooks.translated) TRY_STATUS(add(UC_HOOK_EDGE_GENERATED, on_translated));
    return {};
  }

  bool is_free(uint64_t begin, uint64_t end) const {
    return std::ranges::none_of(memory,
                                [&](const Range& r) { return r.begin < end && begin < r.end; });
  }

  /// The same memory at both addresses.
  Status map_twice(uint64_t begin, uint64_t again, uint64_t bytes, uint32_t rights) {
    auto* const host = static_cast<std::byte*>(std::aligned_alloc(kPage, bytes));
    if (host == nullptr) return fail(ErrorKind::environment, "no memory for {} bytes", bytes);
    shared.emplace_back(host);
    std::memset(host, 0, bytes);
    TRY_STATUS(check(uc_mem_map_ptr(engine.get(), begin, bytes, rights, host), "mapping memory"));
    memory.push_back({begin, begin + bytes});
    TRY_STATUS(check(uc_mem_map_ptr(engine.get(), again, bytes, rights, host), "mapping memory"));
    memory.push_back({again, again + bytes});
    return {};
  }

  /// Where else the region is seen.
  static std::optional<uint64_t> second_address(const MemoryRegion& region, const Target& target,
                                                const PeripheralMap& map) {
    if (region.data_address) return *region.data_address / kPage * kPage;
    const auto alias = std::ranges::find(map.aliases, region.address, &MemoryAlias::of);
    if (alias == map.aliases.end()) return std::nullopt;
    const uint64_t begin = alias->address, end = begin + static_cast<uint64_t>(region.size_bytes);
    const bool is_free = std::ranges::none_of(target.regions, [&](const MemoryRegion& other) {
      return other.address < end && begin < uint64_t{other.address} + other.size_bytes;
    });
    return is_free ? std::optional(begin) : std::nullopt;
  }

  /// The target's regions in whole pages; what two regions share belongs to the lower.
  Status map_memory(const Target& target, const PeripheralMap& map) {
    std::vector<const MemoryRegion*> regions;
    for (const MemoryRegion& region : target.regions) regions.push_back(&region);
    std::ranges::sort(regions, {}, &MemoryRegion::address);
    uint64_t mapped = 0, spacers = 0;
    memory.reserve(2 * regions.size());
    for (const MemoryRegion* region : regions) {
      const uint64_t begin = std::max<uint64_t>(mapped, region->address / kPage * kPage);
      const uint64_t end = (region->address + region->size_bytes + kPage - 1) / kPage * kPage;
      if (end <= begin) continue;
      mapped = end;
      const auto again = second_address(*region, target, map);
      const uint32_t rights =
          region->kind == RegionKind::flash ? UC_PROT_READ | UC_PROT_EXEC : UC_PROT_ALL;
      if (region->kind != RegionKind::flash)
        uc_mem_map(engine.get(), kSpacers + kSpacer * spacers++, kSpacer, UC_PROT_NONE);
      if (again) {
        TRY_STATUS(in(map_twice(begin, *again, end - begin, rights), "region {}", region->name));
        continue;
      }
      TRY_STATUS(in(check(uc_mem_map(engine.get(), begin, end - begin, rights), "mapping memory"),
                    "region {}", region->name));
      memory.push_back({begin, end});
    }
    while (spacers > 0) uc_mem_unmap(engine.get(), kSpacers + kSpacer * --spacers, kSpacer);
    return {};
  }

  Status map_windows(const PeripheralMap& map) {
    std::vector<Window> all(std::begin(kWindows), std::end(kWindows));
    if (!map.name.empty())
      all.insert(all.end(), std::begin(kFamilyWindows), std::end(kFamilyWindows));
    for (const PeripheralWindow& more : map.windows) all.push_back({more.address, more.bytes});
    for (const Window& window : all) {
      if (!is_free(window.begin, window.begin + window.bytes)) continue;
      Mapped* mapped = windows.emplace_back(new Mapped{this, window.begin}).get();
      TRY_STATUS(check(uc_mmio_map(engine.get(), window.begin, window.bytes, on_window_read, mapped,
                                   on_window_write, mapped),
                       "mapping the peripherals"));
    }
    return {};
  }

  /// The A-profile core starts with its FPU off.
  Status enable_fpu() {
    constexpr uint32_t kFullAccess = 0xf << 20, kEnable = 1u << 30;
    TRY_STATUS(
        check(uc_reg_write(engine.get(), UC_ARM_REG_C1_C0_2, &kFullAccess), "enabling the FPU"));
    return check(uc_reg_write(engine.get(), UC_ARM_REG_FPEXC, &kEnable), "enabling the FPU");
  }
};

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

std::string Machine::unavailable(const CoreTiming& core) {
  if (cpu_model(core) != nullptr) return "";
  return fmt::format("unicorn has no {}", core.title);
}

Result<Machine> Machine::open(const CoreTiming& core, const Target& target, MachineHooks hooks,
                              CoreProfile profile, const PeripheralMap& map) {
  const CpuModel* model = cpu_model(core);
  if (model == nullptr) return fail(ErrorKind::unsupported, "{}", unavailable(core));
  const bool application = profile == CoreProfile::application;
  uc_engine* raw = nullptr;
  const bool riscv = is_riscv(core);
  const int thumb = application ? UC_MODE_THUMB : UC_MODE_THUMB | UC_MODE_MCLASS;
  const auto mode = static_cast<uc_mode>(riscv ? static_cast<int>(UC_MODE_RISCV32) : thumb);
  TRY_STATUS(check(uc_open(riscv ? UC_ARCH_RISCV : UC_ARCH_ARM, mode, &raw), "opening"));
  auto state = std::make_unique<State>();
  state->engine.reset(raw);
  state->hooks = hooks;
  state->riscv = riscv;
  const int cpu = application ? static_cast<int>(UC_CPU_ARM_MAX) : model->model;
  TRY_STATUS(check(uc_ctl_set_cpu_model(raw, cpu), "choosing the core"));
  TRY_STATUS(state->map_memory(target, map));
  TRY_STATUS(state->map_windows(map));
  TRY_STATUS(state->add_hooks());
  if (application) TRY_STATUS(state->enable_fpu());
  return Machine(std::move(state));
}

uint32_t Machine::read(Register reg) const { return state_->reg(state_->id(reg)); }

void Machine::write(Register reg, uint32_t value) {
  if (reg == Register::xpsr) {  // all of it, GE too
    uc_reg_write(state_->engine.get(), UC_ARM_REG_XPSR_NZCVQG, &value);
    return;
  }
  if (const int id = state_->id(reg); id >= 0) uc_reg_write(state_->engine.get(), id, &value);
}

uint32_t Machine::read_x(int index) const { return state_->reg(UC_RISCV_REG_X0 + index); }

void Machine::write_x(int index, uint32_t value) {
  if (index != 0) uc_reg_write(state_->engine.get(), UC_RISCV_REG_X0 + index, &value);
}

uint32_t Machine::read(Csr csr) const { return state_->reg(kCsrs[static_cast<size_t>(csr)]); }

void Machine::write(Csr csr, uint32_t value) {
  uc_reg_write(state_->engine.get(), kCsrs[static_cast<size_t>(csr)], &value);
}

uint32_t Machine::read_fp(int index) const { return state_->reg(UC_ARM_REG_S0 + index); }

void Machine::write_fp(int index, uint32_t value) {
  uc_reg_write(state_->engine.get(), UC_ARM_REG_S0 + index, &value);
}

bool Machine::read(uint32_t address, std::span<std::byte> to) const {
  return uc_mem_read(state_->engine.get(), address, to.data(), to.size()) == UC_ERR_OK;
}

bool Machine::write(uint32_t address, std::span<const std::byte> from) {
  return uc_mem_write(state_->engine.get(), address, from.data(), from.size()) == UC_ERR_OK;
}

bool Machine::is_memory(uint32_t address, uint32_t bytes) const {
  return std::ranges::any_of(state_->memory, [&](const Range& range) {
    return address >= range.begin && uint64_t{address} + bytes <= range.end;
  });
}

Status Machine::split_at(uint32_t address) {
  state_->splits.push_back(address);
  return state_->add_at(address, State::on_split);
}

Status Machine::intercept(uint32_t address) { return state_->add_at(address, State::on_intercept); }

/// Unicorn takes RISC-V's EBREAK for an invalid instruction.
bool Machine::at_ebreak() const {
  constexpr uint32_t kEbreak = 0x00100073;
  constexpr uint16_t kShort = 0x9002;
  uint32_t insn = 0;
  read(read(Register::pc), std::as_writable_bytes(std::span(&insn, 1)));
  return insn == kEbreak || (insn & 0xffff) == kShort;
}

StopEvent Machine::run(uint32_t pc) {
  State& s = *state_;
  s.stopping = false;
  s.event.reset();
  const uint32_t thumb = s.riscv ? 0 : 1;
  const uc_err ended = uc_emu_start(s.engine.get(), pc | thumb, kNever, 0, 0);
  if (s.event) return std::move(*s.event);
  if (s.riscv && (ended == UC_ERR_INSN_INVALID || ended == UC_ERR_EXCEPTION) && at_ebreak())
    return {StopKind::exception, kExceptionBreakpoint, read(Register::pc), {}};
  if (ended == UC_ERR_INSN_INVALID)
    return {StopKind::exception, kExceptionUndefined, read(Register::pc), {}};
  if (ended != UC_ERR_OK) return {StopKind::other, 0, read(Register::pc), uc_strerror(ended)};
  return {StopKind::sleep, 0, read(Register::pc), {}};
}

void Machine::stop() { state_->end({StopKind::asked, 0, 0, {}}); }

}  // namespace assay
