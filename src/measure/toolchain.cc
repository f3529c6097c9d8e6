// Finding the cross compiler and asking it who it is.
#include "measure/toolchain.h"

#include "util/files.h"
#include "util/hash.h"
#include "util/process.h"

namespace assay {
namespace {

Result<std::string> first_line(const std::filesystem::path& gcc, const char* question) {
  const Result<ProcessResult> asked = run_process({gcc.string(), question}, ".");
  if (!asked) return std::unexpected(asked.error());
  if (asked->exit_code != 0 || asked->out.empty())
    return fail(ErrorKind::environment, "{} {} ended with code {}: is it a GCC?", gcc.string(),
                question, asked->exit_code);
  return asked->out.substr(0, asked->out.find('\n'));
}

}  // namespace

Result<Toolchain> find_toolchain(const std::string& compiler, const IsaFamily& family) {
  const std::string wanted = compiler.empty() ? std::string(family.gcc) : compiler;
  std::filesystem::path gcc;
  if (wanted.find('/') == wanted.npos)
    gcc = find_program(wanted);
  else if (std::filesystem::is_regular_file(wanted))
    gcc = std::filesystem::absolute(wanted);
  if (gcc.empty()) {
    if (wanted == family.gcc)
      return fail(ErrorKind::environment,
                  "needs {}, which is not installed. Debian: apt-get install {}. Without it `assay "
                  "inspect` and `assay emit` still work",
                  family.gcc, family.packages.substr(0, family.packages.find(' ')));
    return fail(ErrorKind::environment, "there is no compiler '{}'", wanted);
  }
  const std::string version = TRY(first_line(gcc, "--version"));
  const std::string machine = TRY(first_line(gcc, "-dumpmachine"));
  if (!family.makes_code_for(machine))
    return fail(ErrorKind::environment, "{} makes code for {}, not for {}", wanted, machine,
                family.gcc.substr(0, family.gcc.rfind('-')));
  const Result<std::vector<std::byte>> content = read_file(gcc);
  return Toolchain{gcc, version, content ? hash_hex(*content) : gcc.string()};
}

}  // namespace assay
