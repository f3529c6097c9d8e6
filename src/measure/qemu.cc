// QEMU with our plugin: for cores that Unicorn lacks (Cortex-M55), and to check the other.
//
// A process in a folder of its own: the image, input.bin and the job go in; output.bin, by
// semihosting, and the plugin's trace come out. QEMU runs only its own boards, so the target must
// be linked for one ([qemu] in its file). The trace and the output are read as hostile files.
// Semihosting reaches the host's disk and shell here: images that Assay built need it; for a
// profile of any other the plugin takes it away (plugin/confine.cc), but for console and exit.
// Not handled: interrupts of the board, captures of a layer's bytes (the interface of QEMU 7.2
// reads no memory), writes to what is flash on a part: these boards have RAM there. Source: QEMU,
// docs/system/arm/mps2.rst, docs/system/riscv/virt.rst, docs/devel/tcg-plugins.rst.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hw/isa_family.h"
#include "measure/emulator.h"
#include "measure/image.h"
#include "measure/trace.h"
#include "util/files.h"
#include "util/process.h"
#include "util/text.h"

namespace assay {
namespace {

constexpr std::string_view kPlugin = "assay_qemu.so";
constexpr int kMajor = 7, kMinor = 2;  ///< the oldest QEMU whose interface we know
constexpr double kGraceSeconds = 10;   ///< beyond the limit that the plugin keeps itself
constexpr int64_t kMaxTraceBytes = 1 << 28, kMaxOutputBytes = 1 << 28;
constexpr uint32_t kVectors = 16;

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "assay-qemu-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    if (!path.empty()) std::filesystem::remove_all(path, error);
  }
};

std::string program_for(std::string_view isa) {
  return isa_family(isa).name == "riscv" ? "qemu-system-riscv32" : "qemu-system-arm";
}

std::string package_of(std::string_view program) {
  return program == "qemu-system-riscv32" ? "qemu-system-misc" : "qemu-system-arm";
}

/// Beside this program as built or as installed; ASSAY_QEMU_PLUGIN says otherwise.
std::filesystem::path find_plugin() {
  if (const char* said = std::getenv("ASSAY_QEMU_PLUGIN")) return std::filesystem::absolute(said);
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  for (const char* folder : {".", "..", ASSAY_PLUGIN_FOLDER}) {
    const std::filesystem::path file = self.parent_path() / folder / kPlugin;
    if (std::filesystem::is_regular_file(file, error)) return file.lexically_normal();
  }
  return {};
}

/// The first number pair after "version ": "QEMU emulator version 7.2.22 (Debian ...)".
bool is_new_enough(std::string_view version) {
  constexpr std::string_view kWord = "version ";
  const size_t at = version.find(kWord);
  if (at == version.npos) return false;
  const std::string digits(version.substr(at + kWord.size(), 16));
  char* end = nullptr;
  const long major = std::strtol(digits.c_str(), &end, 10);
  const long minor = *end == '.' ? std::strtol(end + 1, nullptr, 10) : 0;
  return major > kMajor || (major == kMajor && minor >= kMinor);
}

std::string missing_program(const std::string& program) {
  const std::filesystem::path file = find_program(program);
  if (file.empty())
    return fmt::format("{} is not installed. Debian: apt-get install {}", program,
                       package_of(program));
  const Result<ProcessResult> asked = run_process({file.string(), "--version"}, ".", 10);
  if (!asked) return text(asked.error());
  const std::string line = asked->out.substr(0, asked->out.find('\n'));
  if (!is_new_enough(line))
    return fmt::format("needs {} {}.{} or newer, found: {}", program, kMajor, kMinor, line);
  if (find_plugin().empty())
    return fmt::format(
        "Assay's plugin {} is not beside the program (ASSAY_QEMU_PLUGIN=FILE says "
        "where it is)",
        kPlugin);
  return "";
}

std::string missing() { return missing_program(program_for("")); }

std::string unavailable(const CoreTiming& core, const Target& target) {
  if (target.qemu.machine.empty())
    return fmt::format(
        "qemu has no board {}; of the targets it has those called mps2, mps3 and qemu",
        target.name);
  return missing_program(program_for(core.isa));
}

/// The image's vector table as it is stored; empty if the image has none.
std::vector<std::byte> vector_table(const ElfFile& elf) {
  const ElfSection* section = vector_section(elf);
  if (section == nullptr) return {};
  for (const ElfSegment& segment : elf.segments) {
    const uint64_t at = uint64_t{section->load_address} - segment.load_address;
    if (section->load_address < segment.load_address || at + section->bytes > segment.bytes.size())
      continue;
    const auto bytes = segment.bytes.subspan(at, static_cast<size_t>(section->bytes));
    return {bytes.begin(), bytes.end()};
  }
  return {};
}

/// What sp begins at: Arm's vector table says it, elsewhere the firmware's first instructions set
/// it.
uint32_t stack_top(const RunRequest& request, std::span<const std::byte> vectors) {
  uint32_t sp = 0;
  if (isa_family(request.core.isa).name == "arm") {
    if (vectors.size() >= sizeof sp) std::memcpy(&sp, vectors.data(), sizeof sp);
  } else if (const ElfSymbol* top = request.elf.find("__stack_top")) {
    sp = top->address;
  }
  return sp;
}

/// In an option's value a comma is written twice.
std::string option_value(std::string_view text) {
  std::string value;
  for (const char c : text) value += c == ',' ? ",," : std::string(1, c);
  return value;
}

std::vector<std::string> command(const Target& target, const std::string& program,
                                 std::string_view serial) {
  std::vector<std::string> argv = {program,
                                   "-M",
                                   target.qemu.machine,
                                   "-display",
                                   "none",
                                   "-monitor",
                                   "none",
                                   "-serial",
                                   std::string(serial),
                                   "-semihosting-config",
                                   "enable=on,target=native",
                                   "-kernel",
                                   "image.elf"};
  if (target.qemu.vector_table)
    argv.insert(argv.end(),
                {"-device", fmt::format("loader,file=vectors.bin,addr=0x{:x},force-raw=on",
                                        *target.qemu.vector_table)});
  if (isa_family(target.isa).name == "riscv")
    argv.insert(argv.end(), {"-bios", "none",  // else its own stands where the image does
                             "-cpu", "rv32,v=true,vext_spec=v1.0"});
  argv.insert(argv.end(),
              {"-plugin", option_value(find_plugin().string()) + ",job=job.json,trace=trace.json"});
  return argv;
}

Status write_inputs(const RunRequest& request, std::span<const std::byte> vectors,
                    const std::filesystem::path& folder) {
  std::vector<std::byte> input;
  for (const auto& each : request.inputs) input.insert(input.end(), each.begin(), each.end());
  TRY_STATUS(write_file(folder / "image.elf", request.elf.file));
  TRY_STATUS(write_file(folder / "input.bin", input));
  TRY_STATUS(write_file(folder / "vectors.bin", vectors));
  TraceJob job;
  job.core = request.core.file_text;
  job.target = request.target.file_text;
  job.layer_symbols = request.layer_symbols;
  job.invoke_symbol = request.invoke_symbol;
  job.stack_top = stack_top(request, vectors);
  job.max_instructions = request.max_instructions;
  job.max_seconds = request.max_seconds;
  job.count_twice = request.count_twice;
  return write_text(folder / "job.json", write_job(job));
}

/// The line of QEMU's output that says what went wrong: ours, its own, or the first.
std::string reason(std::string_view output) {
  for (const std::string_view word : {"assay: ", "qemu: fatal: ", "qemu-system-"}) {
    const size_t at = output.find(word);
    if (at != output.npos) return std::string(output.substr(at, output.find('\n', at) - at));
  }
  const std::string first(output.substr(0, output.find('\n')));
  return first.empty() ? "it said nothing" : first;
}

/// What the run left when it left no trace.
Error no_trace(const ProcessResult& done, const Error& error) {
  if (done.exit_code > 128)
    return {ErrorKind::environment,
            fmt::format("qemu was ended by signal {}: {}", done.exit_code - 128, reason(done.out)),
            {}};
  return {ErrorKind::environment,
          fmt::format("qemu ended with code {} and left no trace ({}): {}", done.exit_code,
                      error.what, reason(done.out)),
          {}};
}

/// The outputs of all inferences follow each other and are equally long.
std::vector<std::vector<std::byte>> divide(std::span<const std::byte> all, size_t inferences) {
  std::vector<std::vector<std::byte>> outputs(inferences);
  const size_t each = inferences == 0 ? 0 : all.size() / inferences;
  for (size_t i = 0; i < inferences; ++i) {
    const auto part = all.subspan(i * each, each);
    outputs[i].assign(part.begin(), part.end());
  }
  return outputs;
}

Status check_end(const RunRequest& request, const ProcessResult& done, const Trace& trace) {
  if (!trace.stopped.empty()) return fail(ErrorKind::input, "{}", trace.stopped);
  if (!trace.fault.empty()) return fail(ErrorKind::input, "the image faulted in {}", trace.fault);
  const size_t wanted = request.inputs.size(), ended = trace.facts.inferences.size();
  if (done.exit_code != 0 || ended != wanted)
    return fail(ErrorKind::input, "the firmware ended with code {} after {} of {} inferences",
                done.exit_code, ended, wanted);
  if (trace.facts.first.layers.size() != request.layer_symbols.size())
    return fail(ErrorKind::environment, "the trace has {} layers, not {}",
                trace.facts.first.layers.size(), request.layer_symbols.size());
  const ElfSymbol* limit = request.elf.find("__stack_limit");
  const uint32_t top = stack_top(request, vector_table(request.elf));
  if (limit != nullptr && trace.facts.stack_bytes > int64_t{top} - limit->address)
    return fail(ErrorKind::input, "the stack took {} B, but only {} B are free beside static data",
                thousands(trace.facts.stack_bytes), thousands(int64_t{top} - limit->address));
  return {};
}

Result<RunFacts> run_image(const RunRequest& request) {
  if (request.target.qemu.machine.empty())
    return fail(ErrorKind::unsupported, "qemu has no board {}", request.target.name);
  const std::filesystem::path program = find_program(program_for(request.core.isa));
  if (program.empty() || find_plugin().empty())
    return fail(ErrorKind::environment, "{}", missing_program(program_for(request.core.isa)));
  const Folder folder;
  if (folder.path.empty())
    return fail(ErrorKind::environment, "cannot make a folder for temporary files");
  std::vector<std::byte> vectors = vector_table(request.elf);
  TRY_STATUS(write_inputs(request, vectors, folder.path));
  const ProcessResult done =
      TRY(run_process(command(request.target, program.string(), "none"), folder.path,
                      request.max_seconds + kGraceSeconds, request.cancelled));
  const Result<std::string> json = read_text(folder.path / "trace.json", kMaxTraceBytes);
  if (!json) return std::unexpected(no_trace(done, json.error()));
  Trace trace = TRY(in(read_trace(*json), "qemu's trace"));
  TRY_STATUS(check_end(request, done, trace));
  const std::vector<std::byte> output =
      TRY(in(read_file(folder.path / "output.bin", kMaxOutputBytes), "the firmware's output"));
  trace.facts.outputs = divide(output, request.inputs.size());
  trace.facts.console = done.out;
  return std::move(trace.facts);
}

/// What a profile in QEMU cannot have.
Status check_profile(const ProfileRequest& request) {
  const auto lacks = [](std::string_view what) {
    return fail(ErrorKind::unsupported, "a profile in qemu takes no {}", what);
  };
  if (request.image.format != "ELF") return lacks("image but an ELF file");
  if (!request.script.steps.empty()) return lacks("--uart-script");
  if (request.call) return lacks("--call");
  if (!request.held.empty()) return lacks("--hold");
  if (!request.input.empty()) return lacks("--input");
  if (isa_family(request.core.isa).name == "arm" && !request.image.vector_table)
    return fail(ErrorKind::input,
                "no vector table: no word that leads into RAM is followed by one "
                "that leads into the image");
  return {};
}

/// The vector table for where QEMU's board looks for one: what follows it in the image, as far as
/// there may be exceptions.
std::vector<std::byte> profile_vectors(const ProfileRequest& request) {
  constexpr size_t kMostBytes = 512 * 4;
  if (!request.image.vector_table) return {};
  for (const ElfSegment& segment : request.image.elf.segments) {
    const uint64_t at = uint64_t{*request.image.vector_table} - segment.load_address;
    if (*request.image.vector_table < segment.load_address || at >= segment.bytes.size()) continue;
    const auto rest = segment.bytes.subspan(at);
    const auto bytes = rest.first(std::min(kMostBytes, rest.size()));
    return {bytes.begin(), bytes.end()};
  }
  return {};
}

Status write_profile_inputs(const ProfileRequest& request, const std::filesystem::path& folder) {
  TRY_STATUS(write_file(folder / "image.elf", request.image.file));
  TRY_STATUS(write_file(folder / "vectors.bin", profile_vectors(request)));
  TraceJob job;
  job.core = request.core.file_text;
  job.target = request.target.file_text;
  job.max_instructions = request.max_instructions;
  job.max_seconds = request.max_seconds;
  job.profile = ProfileJob{.from = request.from,
                           .to = request.to,
                           .until = request.until,
                           .vector_table = request.image.vector_table,
                           .times = request.times,
                           .lines = request.lines != nullptr};
  return write_text(folder / "job.json", write_job(job));
}

/// Files and lines, which the trace names by an instruction each.
void find_lines(const SourceLines* lines, ProfileRegion& region) {
  constexpr size_t kMostInlined = 50;
  for (size_t i = 0; lines != nullptr && i < region.lines.size(); ++i) {
    ProfileLine& row = region.lines[i];
    row.number = lines->line_number_at(row.hottest);
    if (row.number < 0) continue;
    row.file = lines->line(row.number).file;
    row.line = lines->line(row.number).line;
    if (i < kMostInlined) row.inlined = lines->inlined_at(row.hottest);
  }
}

/// How it ended, where only QEMU's own end says it.
void say_end(const ProcessResult& done, ProfileFacts& facts) {
  if (!facts.ended.empty()) return;
  if (done.exit_code > 128 || facts.end == ProfileEnd::fault) {
    facts.end = ProfileEnd::fault;
    facts.ended = fmt::format("qemu gave up: {}", reason(done.out));
    return;
  }
  facts.end = done.exit_code == 0 ? ProfileEnd::finished : ProfileEnd::fault;
  facts.ended = fmt::format("the firmware ended with code {}", done.exit_code);
}

Result<ProfileFacts> profile_image(const ProfileRequest& request) {
  TRY_STATUS(check_profile(request));
  const std::filesystem::path program = find_program(program_for(request.core.isa));
  const Folder folder;
  if (folder.path.empty())
    return fail(ErrorKind::environment, "cannot make a folder for temporary files");
  TRY_STATUS(write_profile_inputs(request, folder.path));
  const ProcessResult done =
      TRY(run_process(command(request.target, program.string(), "stdio"), folder.path,
                      request.max_seconds + kGraceSeconds, request.cancelled));
  const Result<std::string> json = read_text(folder.path / "trace.json", kMaxTraceBytes);
  if (!json) return std::unexpected(no_trace(done, json.error()));
  if (json->empty())
    return std::unexpected(no_trace(done, {ErrorKind::environment, "it is empty", {}}));
  Trace trace = TRY(in(read_trace(*json), "qemu's trace"));
  if (!trace.profile) return fail(ErrorKind::environment, "qemu's trace: it holds no profile");
  ProfileFacts facts = *std::move(trace.profile);
  for (ProfileRegion& region : facts.regions) find_lines(request.lines, region);
  say_end(done, facts);
  facts.console = done.out;
  facts.no_stack = "qemu shows a profile no registers";
  facts.heap = heap_of(request.image.elf);
  facts.notes.emplace_back(
      "in qemu: no registers at a fault, no list of peripherals without a model, no time asleep; "
      "its "
      "timers run by the host's clock, so how often they interrupt differs from run to run");
  return facts;
}

}  // namespace

const Emulator qemu_emulator = {
    .name = "qemu",
    .summary = "a process, on QEMU's own boards; Cortex-M0 to M55, RV32, and to check the other",
    .missing = missing,
    .unavailable = unavailable,
    .run = run_image,
    .profile = profile_image,
};

}  // namespace assay
