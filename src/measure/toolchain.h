// The cross compiler: finding it, building an image for a target, and saying why it does not fit.
#pragma once

#include <atomic>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emit/program.h"
#include "hw/isa_family.h"
#include "hw/placement.h"
#include "hw/target.h"

namespace assay {

class Cache;

struct Toolchain {
  std::filesystem::path gcc;  ///< absolute
  std::string version;        ///< first line of --version
  std::string content_hash;   ///< of the program's file: a wrapper script may change
};

/// `compiler` is a path or a name on PATH; empty: the family's. Error: environment, with the Debian
/// package that has it.
Result<Toolchain> find_toolchain(const std::string& compiler, const IsaFamily& family);

struct BuildOptions {
  std::vector<std::string> flags;  ///< the user's, after ours
  RegionChoice place = {};
  double max_seconds = 300;                      ///< for each compiler process
  const std::atomic<bool>* cancelled = nullptr;  ///< Ctrl-C; may be null
  const Cache* objects = nullptr;                ///< compiled sources by their content; may be null
};

/// A region that the image does not fit in.
struct Overflow {
  std::string region;
  int64_t bytes = 0;
};

/// A linked image. When it does not fit, `elf` is empty and `overflows` says by how much.
struct Image {
  std::vector<std::byte> elf;
  std::vector<Overflow> overflows;
  std::string command;  ///< the compile flags as they were used, without paths: for the record
};

/// Where the linker puts things, made from the target's regions and the program's symbols.
///
/// Flash, in order: .vectors .startup .libc .model .kernels .weights .tables, initialisers of
/// .data. RAM: .arena (in the first RAM region that holds it), .data, .bss, .stack (the reserve).
/// The output sections are the classes of Footprint. Empty if the target has no flash or no RAM.
/// What `place` moves is stored in flash all the same, and copied by firmware/startup.c.
std::string linker_script(const Target& target, const Program& program,
                          const RegionChoice& place = {});

/// What GNU ld said about regions that are too small, in its order, each region once.
std::vector<Overflow> parse_overflows(std::string_view linker_output);

/// "FLASH overflows by 1 234 B; RAM overflows by 4 B".
std::string text(std::span<const Overflow> overflows);

/// Compiles program + firmware/ in `work_dir` (which exists) and links at the part's real
/// addresses.
Result<Image> build_image(const Program& program, const Target& target, const Toolchain& toolchain,
                          const BuildOptions& options, const std::filesystem::path& work_dir);

}  // namespace assay
