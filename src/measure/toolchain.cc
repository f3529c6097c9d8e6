// Finding the cross compiler and asking it who it is.
#include "measure/toolchain.h"

#include "util/files.h"
#include "util/hash.h"
#include "util/process.h"

namespace assay {
namespace {

constexpr std::string_view kDefaultCompiler = "arm-none-eabi-gcc";

Result<std::string> first_line(const std::filesystem::path& gcc, const char* question) {
  const Result<ProcessResult> asked = run_process({gcc.string(), question}, ".");
  if (!asked) return std::unexpected(asked.error());
  if (asked->exit_code != 0 || asked->out.empty())
    return fail(ErrorKind::environment, "{} {} ended with code {}: is it a GCC?", gcc.string(),
                question, asked->exit_code);
  return asked->out.substr(0, asked->out.find('\n'));
}

}  // namespace

Result<Toolchain> find_toolchain(const std::string& compiler) {
  const std::string wanted = compiler.empty() ? std::string(kDefaultCompiler) : compiler;
  std::filesystem::path gcc;
  if (wanted.find('/') == wanted.npos)
    gcc = find_program(wanted);
  else if (std::filesystem::is_regular_file(wanted))
    gcc = std::filesystem::absolute(wanted);
  if (gcc.empty()) {
    if (wanted == kDefaultCompiler)
      return fail(ErrorKind::environment,
                  "needs arm-none-eabi-gcc, which is not installed. Debian: apt-get install "
                  "gcc-arm-none-eabi. Without it `assay inspect` and `assay emit` still work");
    return fail(ErrorKind::environment, "there is no compiler '{}'", wanted);
  }
  const std::string version = TRY(first_line(gcc, "--version"));
  const std::string machine = TRY(first_line(gcc, "-dumpmachine"));
  if (!machine.starts_with("arm-") || !machine.ends_with("eabi"))
    return fail(ErrorKind::environment, "{} makes code for {}, not for arm-none-eabi", wanted,
                machine);
  const Result<std::vector<std::byte>> content = read_file(gcc);
  return Toolchain{gcc, version, content ? hash_hex(*content) : gcc.string()};
}

}  // namespace assay
