// Program + firmware/ -> a linked image, by the GCC of the core's family.
//
// Everything is compiled in the work folder under relative names, so that the image does not depend
// on where it was built; the link line is fixed, so neither on when. The image holds what the model
// calls and no more (sections are collected). It does not strip: the emulator needs the symbols.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <thread>

#include "hw/isa_family.h"
#include "measure/toolchain.h"
#include "util/cache.h"
#include "util/embedded.h"
#include "util/files.h"
#include "util/hash.h"
#include "util/process.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr int kProcesses = 2;
/// A model's weights as text.
constexpr int64_t kMaxSourceBytes = int64_t{1} << 30;

/// Folders of their own: a model may be called "main" or "semihosting".
constexpr std::string_view kModelFolder = "model", kFirmwareFolder = "firmware";

struct Unit {
  std::string source, object;
  std::vector<std::string> flags;
};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

/// How many of PREFIX_0_BYTES, PREFIX_1_BYTES ... the header defines.
int numbered(std::string_view header, std::string_view prefix) {
  int count = 0;
  while (header.find(fmt::format("#define {}_{}_BYTES ", prefix, count)) != header.npos) ++count;
  return count;
}

/// The model's own names under general ones, for firmware/main.c.
std::string model_glue(const Program& program) {
  std::string_view header;
  for (const SourceFile& source : program.sources)
    if (source.name == program.header) header = source.text;
  const std::string macro = upper(program.name);
  std::string glue =
      fmt::format("#include \"../{}/{}\"\n#include <stddef.h>\n\n", kModelFolder, program.header);
  glue += fmt::format("#define ASSAY_ARENA_BYTES {}_ARENA_BYTES\n", macro);
  for (const std::string_view direction : {"input", "output"}) {
    const std::string prefix = fmt::format("{}_{}", macro, upper(direction));
    const int count = numbered(header, prefix);
    glue += fmt::format("#define ASSAY_{}S {}\n", upper(direction), count);
    glue += fmt::format("#define assay_{0} {1}_{0}\n", direction, program.name);
    glue += fmt::format("static const size_t assay_{}_bytes[] = {{", direction);
    for (int i = 0; i < count; ++i) glue += fmt::format("{}_{}_BYTES, ", prefix, i);
    glue += "};\n";
  }
  const bool has_state = header.find(fmt::format("#define {}_STATE_BYTES ", macro)) != header.npos;
  glue += has_state ? fmt::format("#define assay_reset {}_reset\n", program.name)
                    : "#define assay_reset(arena) ((void)(arena))\n";
  return glue + fmt::format("#define assay_invoke {}\n", program.invoke_symbol);
}

/// The target's flags, less those that the user's replace: given -mfloat-abi twice, GCC may link
/// libraries of the wrong instruction set.
std::vector<std::string> machine_flags(const Target& target, const BuildOptions& options) {
  std::vector<std::string> flags = target.gcc_flags();
  for (const std::string& flag : options.flags) {
    const size_t equals = flag.find('=');
    if (!flag.starts_with("-m") || equals == flag.npos) continue;
    std::erase_if(flags, [&](const std::string& ours) {
      return ours.starts_with(flag.substr(0, equals + 1));
    });
  }
  return flags;
}

std::vector<std::string> common_flags(const Target& target, const BuildOptions& options) {
  std::vector<std::string> flags = machine_flags(target, options);
  flags.push_back(fmt::format("-std={}", isa_family(target.isa).c_standard));
  for (const char* flag : {"-ffunction-sections", "-fdata-sections", "-ffp-contract=off",
                           "-fno-ipa-icf", "-fno-common", "-fno-asynchronous-unwind-tables"})
    flags.push_back(flag);
  return flags;
}

std::vector<std::string> joined(std::vector<std::string> flags,
                                const std::vector<std::string>& more) {
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

/// Writes all sources to the work folder and says how each is compiled.
Result<std::vector<Unit>> write_sources(const Program& program, const Target& target,
                                        const BuildOptions& options,
                                        const std::filesystem::path& work_dir) {
  const std::vector<std::string> common = common_flags(target, options);
  const auto model_flags = joined(joined(common, program.cflags), options.flags);
  // Never with link-time optimisation: the invoke function would vanish into main().
  auto firmware_flags = joined(joined(common, options.flags),
                               {"-Os", "-fno-tree-loop-distribute-patterns", "-fno-lto",
                                options.place.moves() ? "-DASSAY_COPIES=1" : "-DASSAY_COPIES=0"});
  if (!target.qemu.machine.empty()) firmware_flags.emplace_back("-DASSAY_TRAPS");
  const std::filesystem::path model = work_dir / kModelFolder,
                              firmware = work_dir / kFirmwareFolder;
  std::error_code error;
  std::filesystem::create_directories(model, error);
  std::filesystem::create_directories(firmware, error);
  std::vector<Unit> units;
  for (const SourceFile& source : program.sources) {
    TRY_STATUS(write_text(model / source.name, source.text));
    if (source.name.ends_with(".c"))
      units.push_back({fmt::format("{}/{}", kModelFolder, source.name),
                       fmt::format("model_{}.o", units.size()), model_flags});
  }
  TRY_STATUS(write_text(firmware / "assay_model.h", model_glue(program)));
  const std::string family(isa_family(target.isa).name);
  TRY_STATUS(write_text(firmware / "isa.h", fmt::format("#include \"{}.h\"\n", family)));
  for (const std::string& name :
       std::vector<std::string>{"main.c", "startup.c", "startup.h", "semihosting.c",
                                "semihosting.h", family + ".c", family + ".h"}) {
    const EmbeddedFile* file = find_embedded(fmt::format("{}/{}", kFirmwareFolder, name));
    if (!file) return fail(ErrorKind::internal, "firmware/{} is not built in", name);
    TRY_STATUS(write_text(firmware / name, file->text));
    if (name.ends_with(".c"))
      units.push_back({fmt::format("{}/{}", kFirmwareFolder, name),
                       fmt::format("firmware_{}.o", name.substr(0, name.size() - 2)),
                       firmware_flags});
  }
  return units;
}

/// The line of a compiler's output that says what is wrong.
std::string first_error(std::string_view output) {
  for (const std::string_view word : {"error:", "undefined reference", "ld: "}) {
    const size_t at = output.find(word);
    if (at == output.npos) continue;
    const size_t before = output.rfind('\n', at);
    const size_t begin = before == output.npos ? 0 : before + 1;
    return std::string(output.substr(begin, output.find('\n', at) - begin));
  }
  return std::string(output.substr(0, output.find('\n')));
}

/// Our sources compile; if they do not, the user's flags or the machine are to blame, or we are.
Error build_error(std::string_view output, const BuildOptions& options, std::string frame) {
  ErrorKind kind = options.flags.empty() ? ErrorKind::internal : ErrorKind::usage;
  if (output.find("No space left") != output.npos) kind = ErrorKind::environment;
  return {kind, first_error(output), {std::move(frame)}};
}

/// The compiler, in English whatever the user's locale: its output is read.
std::vector<std::string> compiler(const Toolchain& toolchain) {
  return {"env", "LC_ALL=C", toolchain.gcc.string()};
}

/// Adds the files that `file` includes by name, and those that they include: of the work folder,
/// so without the compiler's own. A name that a macro makes adds nothing; our sources have none.
void add_included(const std::filesystem::path& file, std::string_view text,
                  std::map<std::filesystem::path, std::string>& found) {
  constexpr std::string_view kInclude = "#include \"";
  for (size_t at = text.find(kInclude); at != text.npos; at = text.find(kInclude, at)) {
    at += kInclude.size();
    const std::string_view name = text.substr(at, text.find('"', at) - at);
    const std::filesystem::path header = (file.parent_path() / name).lexically_normal();
    if (found.contains(header)) continue;
    const Result<std::string> inside = read_text(header);
    if (!inside) continue;  // the compiler says so, if it matters
    found.emplace(header, *inside);
    add_included(header, *inside, found);
  }
}

/// What an object file depends on: images with the same kernels share theirs, and so do targets
/// with the same core's flags.
Result<std::string> object_key(const Unit& unit, const Toolchain& toolchain,
                               const std::filesystem::path& work_dir) {
  const std::string source = TRY(read_text(work_dir / unit.source, kMaxSourceBytes));
  std::string all = toolchain.content_hash + toolchain.version + "\n" + unit.source;
  for (const std::string& flag : unit.flags) all += "\n" + flag;
  std::map<std::filesystem::path, std::string> headers;
  add_included(work_dir / unit.source, source, headers);
  for (const auto& [file, text] : headers)
    all += "\n" + file.filename().string() + "\n" + hash_hex(text);
  return hash_hex(all + "\n" + hash_hex(source));
}

Status compile(const Unit& unit, const Toolchain& toolchain, const BuildOptions& options,
               const std::filesystem::path& work_dir) {
  const std::string key =
      options.objects ? TRY(object_key(unit, toolchain, work_dir)) : std::string();
  if (options.objects)
    if (const auto known = options.objects->get("object", key))
      return write_file(work_dir / unit.object, *known);
  const auto argv =
      joined(joined(compiler(toolchain), unit.flags), {"-c", unit.source, "-o", unit.object});
  const ProcessResult done =
      TRY(run_process(argv, work_dir, options.max_seconds, options.cancelled));
  if (done.exit_code != 0)
    return std::unexpected(build_error(done.out, options, "compiling " + unit.source));
  if (options.objects) {
    const std::vector<std::byte> object = TRY(read_file(work_dir / unit.object));
    options.objects->put("object", key, object);
  }
  return {};
}

/// Compiles with at most kProcesses at once. Of several errors, the one of the first source.
Status compile_all(const std::vector<Unit>& units, const Toolchain& toolchain,
                   const BuildOptions& options, const std::filesystem::path& work_dir) {
  std::vector<Status> results(units.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < units.size(); i = next++)
      results[i] = compile(units[i], toolchain, options, work_dir);
  };
  {
    std::jthread helper(work);
    static_assert(kProcesses == 2, "this thread and one helper");
    work();
  }
  for (const Status& result : results) TRY_STATUS(result);
  return {};
}

std::vector<std::string> link_flags(const Program& program, const Target& target,
                                    const BuildOptions& options) {
  std::vector<std::string> flags = joined(machine_flags(target, options), program.cflags);
  flags = joined(flags, options.flags);
  for (const char* flag : {"-nostartfiles", "-static", "-Wl,-n", "-Wl,--gc-sections",
                           "-Wl,--build-id=none", "-Tlink.ld"})
    flags.push_back(flag);
  const auto for_size = [](const std::string& flag) { return flag == "-Os" || flag == "-Oz"; };
  const bool small = std::ranges::any_of(program.cflags, for_size);
  flags = joined(flags, isa_family(target.isa).library_flags(small));
  return flags;
}

Result<Image> link(const std::vector<Unit>& units, const Program& program, const Target& target,
                   const Toolchain& toolchain, const BuildOptions& options,
                   const std::filesystem::path& work_dir) {
  std::vector<std::string> argv = joined(compiler(toolchain), link_flags(program, target, options));
  for (const Unit& unit : units) argv.push_back(unit.object);
  argv.insert(argv.end(), {"-o", "image.elf"});
  if (program.needs_libm) argv.push_back("-lm");
  const ProcessResult done =
      TRY(run_process(argv, work_dir, options.max_seconds, options.cancelled));
  Image image;
  image.overflows = parse_overflows(done.out);
  if (done.exit_code != 0 && image.overflows.empty())
    return std::unexpected(build_error(done.out, options, "linking"));
  if (image.overflows.empty()) image.elf = TRY(read_file(work_dir / "image.elf"));
  return image;
}

/// Whether the compiler's pointers reach all constants.
Status check_constants(const Program& program, const Target& target) {
  const IsaFamily& family = isa_family(target.isa);
  int64_t bytes = 0;
  for (const ConstantSymbol& constant : program.constants) {
    bytes += constant.bytes;
    if (constant.bytes > family.largest_object_bytes)
      return fail(ErrorKind::unsupported, "{} has {} B; {} takes at most {} B in one array",
                  constant.symbol, thousands(constant.bytes), family.gcc,
                  thousands(family.largest_object_bytes));
  }
  if (bytes > family.largest_constants_bytes)
    return fail(ErrorKind::unsupported,
                "the model's constants have {} B; the kernels' pointers reach {} B of the flash",
                thousands(bytes), thousands(family.largest_constants_bytes));
  return {};
}

/// Of a target that has RAM, as each has for which linker_script gives a script.
const MemoryRegion& largest_ram(const Target& target) {
  return *std::ranges::max_element(target.regions, {}, [](const MemoryRegion& region) {
    return region.kind == RegionKind::ram ? region.size_bytes : int64_t{-1};
  });
}

}  // namespace

Result<Image> build_image(const Program& program, const Target& target, const Toolchain& toolchain,
                          const BuildOptions& options, const std::filesystem::path& work_dir) {
  const std::string script = linker_script(target, program, options.place);
  if (script.empty())
    return fail(ErrorKind::input, "target {} has no flash or no RAM region", target.name);
  Image image;
  if (program.plan.arena_bytes > isa_family(target.isa).largest_object_bytes) {
    // A larger array is refused by the compiler before any linker could count: the largest region
    // is the one that it would overflow.
    const MemoryRegion& largest = largest_ram(target);
    image.overflows = {{c_identifier(largest.name), program.plan.arena_bytes - largest.size_bytes}};
  } else {
    TRY_STATUS(check_constants(program, target));
    TRY_STATUS(write_text(work_dir / "link.ld", script));
    const std::vector<Unit> units = TRY(write_sources(program, target, options, work_dir));
    TRY_STATUS(compile_all(units, toolchain, options, work_dir));
    image = TRY(link(units, program, target, toolchain, options, work_dir));
  }
  for (Overflow& overflow : image.overflows)
    for (const MemoryRegion& region : target.regions)
      if (c_identifier(region.name) == overflow.region) overflow.region = region.name;
  image.command = fmt::format(
      "{}",
      fmt::join(joined(joined(common_flags(target, options), program.cflags), options.flags), " "));
  return image;
}

}  // namespace assay
