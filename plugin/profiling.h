// A profile in the plugin: a Profiler fed with the blocks that QEMU runs, the exceptions told from
// their order, and the file that the result goes to.
#pragma once

#include <cstdio>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "measure/profiler.h"
#include "measure/region_watch.h"
#include "measure/trace.h"

namespace assay {

/// How a block ends, as far as its code tells.
struct BlockExit {
  int handler_of = 0;       ///< the exception whose handler begins with this block; 0: none
  uint32_t target = 0;      ///< of its branch or call, where that is constant; 0: not known
  bool is_certain = false;  ///< it always goes there
  bool leaves = false;      ///< by lr or a popped pc: a return, perhaps from an exception
};

class Profiling {
 public:
  Profiling(const TraceJob& job, const ElfFile& elf, const Target& target, const CoreTiming& core,
            BlockCounter::ReadCode read_code, std::optional<SourceLines> lines);

  /// Where a block must begin within `begin` + `bytes`, if anywhere.
  std::optional<uint32_t> cut(uint32_t begin, uint32_t bytes) const;
  /// The code that QEMU translates at the address, in case it has changed.
  void translated(uint32_t address, std::span<const std::byte> code);
  BlockExit exit_of(uint32_t address, std::span<const std::byte> code,
                    std::span<const Insn> insns) const;

  /// Where the run begins; `entry` where no vector table says it.
  uint32_t begin(uint32_t entry);
  /// A block runs now. Returns why the run is over; "" if it goes on.
  std::string run(uint32_t address, uint32_t bytes, const BlockExit& exit);

  BlockCounter& blocks() { return profiler_.blocks(); }
  std::string place() const { return profiler_.place(); }
  /// Everything, when it has ended so. "" is by itself.
  ProfileFacts facts(ProfileEnd end, std::string why);
  bool faulted() const { return faulted_; }

 private:
  void enter(int exception, uint32_t handler);
  bool leave_exception(uint32_t address);
  uint32_t interrupted_at() const;

  std::optional<SourceLines> lines_;
  Profiler profiler_;
  RegionWatch watch_;
  std::map<uint32_t, int> handlers_;  ///< exceptions by their handlers' addresses
  uint32_t vector_table_ = 0, frames_ = 0;
  std::map<int, int64_t> taken_;
  std::map<uint32_t, std::vector<std::byte>> code_;  ///< by address, as last translated
  std::optional<uint32_t> reset_;
  uint32_t depth_ = 0;  ///< exceptions entered and not left
  BlockExit before_;
  bool faulted_ = false;
};

}  // namespace assay
