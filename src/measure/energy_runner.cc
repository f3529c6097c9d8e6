#include "measure/energy_runner.h"

#include <charconv>
#include <fstream>
#include <string>
#include <vector>

#include "util/files.h"

namespace assay {
namespace {

constexpr std::string_view kEnding = "-energy.bin";
constexpr int64_t kMostInferences = 1'000'000'000;

std::filesystem::path existing(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::exists(file, error) ? file : std::filesystem::path();
}

}  // namespace

Result<std::filesystem::path> trace_file(const std::filesystem::path& typed) {
  std::error_code error;
  if (!std::filesystem::is_directory(typed, error)) return typed;
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(typed, error))
    if (entry.path().filename().string().ends_with(kEnding)) found.push_back(entry.path());
  if (found.size() != 1)
    return fail(ErrorKind::input, "folder {}: {} files *{}, name one", typed.string(), found.size(),
                kEnding);
  return found[0];
}

bool is_energy_runner(const std::filesystem::path& trace) {
  return std::ifstream(trace, std::ios::binary).get() == 0xF1;
}

std::filesystem::path timestamps_beside(const std::filesystem::path& trace) {
  std::string name = trace.filename().string();
  if (!name.ends_with(kEnding)) return {};
  name.replace(name.size() - kEnding.size(), kEnding.size(), "-timestamps.json");
  return existing(trace.parent_path() / name);
}

std::optional<int64_t> inferences_of_log(std::string_view log, size_t windows) {
  constexpr std::string_view kTitle = "# Inferences";
  int64_t each = 0;
  size_t count = 0;
  for (size_t at = log.find(kTitle); at != log.npos; at = log.find(kTitle, at)) {
    at = log.find_first_not_of(" \t:", at + kTitle.size());
    if (at == log.npos) return {};
    int64_t value = 0;
    std::from_chars(log.data() + at, log.data() + log.size(), value);
    if (value < 1 || value > kMostInferences || (count > 0 && value != each)) return {};
    each = value;
    ++count;
  }
  if (count == 0 || count != windows) return {};
  return each;
}

std::optional<int64_t> inferences_beside(const std::filesystem::path& trace, size_t windows) {
  const auto log = existing(trace.parent_path() / "results.txt");
  if (log.empty()) return {};
  const Result<std::string> text = read_text(log);
  return text ? inferences_of_log(*text, windows) : std::nullopt;
}

}  // namespace assay
