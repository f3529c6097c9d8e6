// Runs a fuzz target without libFuzzer: over the files it is given (or of the folders), and with
// --cuts N --flips M also over each file cut at N places and with one bit flipped at M places.
// Places are drawn by a seeded generator, so that a failure can be repeated. It fails by the
// target's own crash, or when one input takes too long or the process grows too large.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// The sanitizers then die by a signal, which tells say_current.
extern "C" const char* __asan_default_options() { return "abort_on_error=1:quarantine_size_mb=64"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr double kMostSeconds = 5;
constexpr long kMostKilobytes = 1'500'000;  // sanitizers keep freed memory for a while

struct Totals {
  int inputs = 0;
  double slowest_seconds = 0;
};

/// Said when the target crashes, so that the input can be made again. A global, because a signal
/// handler can reach nothing else.
char current[4096];

void say_current(int signal) {
  const char words[] = "\nwhile on ";
  if (write(STDERR_FILENO, words, sizeof words - 1) < 0 ||
      write(STDERR_FILENO, current, std::strlen(current)) < 0 ||
      write(STDERR_FILENO, "\n", 1) < 0) {
    // There is nobody left to tell.
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::vector<uint8_t>& bytes, const std::string& what, Totals& totals) {
  std::snprintf(current, sizeof current, "%s", what.c_str());
  // A copy of exactly this size lets the sanitizer see a read past the end.
  const std::vector<uint8_t> input(bytes);
  const auto start = std::chrono::steady_clock::now();
  LLVMFuzzerTestOneInput(input.data(), input.size());
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ++totals.inputs;
  totals.slowest_seconds = std::max(totals.slowest_seconds, seconds);
  if (seconds <= kMostSeconds) return;
  std::fprintf(stderr, "%s: took %.1f s\n", what.c_str(), seconds);
  std::exit(1);
}

void mutate(const std::vector<uint8_t>& whole, const std::string& file, int cuts, int flips,
            Totals& totals) {
  if (whole.empty()) return;
  std::mt19937 random(12345);
  std::uniform_int_distribution<size_t> place(0, whole.size() - 1);
  for (int i = 0; i < cuts; ++i) {
    const size_t size = place(random);
    run({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)},
        file + " cut to " + std::to_string(size) + " bytes", totals);
  }
  std::vector<uint8_t> flipped = whole;
  for (int i = 0; i < flips; ++i) {
    const size_t at = place(random);
    const auto bit = static_cast<uint8_t>(1u << (random() % 8));
    flipped[at] = static_cast<uint8_t>(flipped[at] ^ bit);
    run(flipped, file + " with byte " + std::to_string(at) + " xor " + std::to_string(int{bit}),
        totals);
    flipped[at] = whole[at];
  }
}

std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  int cuts = 0, flips = 0;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    if (i + 1 < argc && std::strcmp(argv[i], "--cuts") == 0)
      cuts = std::atoi(argv[++i]);
    else if (i + 1 < argc && std::strcmp(argv[i], "--flips") == 0)
      flips = std::atoi(argv[++i]);
    else
      paths.emplace_back(argv[i]);
  }
  std::signal(SIGABRT, say_current);
  Totals totals;
  const std::vector<std::string> files = files_of(paths);
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "%s: cannot be read\n", file.c_str());
      return 1;
    }
    const std::vector<uint8_t> whole{std::istreambuf_iterator<char>(in), {}};
    run(whole, file, totals);
    mutate(whole, file, cuts, flips, totals);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%d inputs from %zu files, slowest %.3f s, at most %ld KB resident\n", totals.inputs,
              files.size(), totals.slowest_seconds, usage.ru_maxrss);
  if (usage.ru_maxrss > kMostKilobytes) std::fprintf(stderr, "too much memory\n");
  if (files.empty()) std::fprintf(stderr, "no file to run on\n");
  return usage.ru_maxrss > kMostKilobytes || files.empty() ? 1 : 0;
}
