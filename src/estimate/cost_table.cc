// Cost tables as text: a line a thing, its name first, then key=value, so that all tables are read
// in milliseconds and differences are readable. Figures keep six significant digits. The file is
// hostile until read.
#include "estimate/cost_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <mutex>

#include "util/embedded.h"

namespace assay {
namespace {

/// Splits at the first of `separator`; the rest stays in `text`.
std::string_view next(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// Reads one line after the other; the first trouble stays.
struct Reader {
  std::string_view file;
  int line = 0;
  std::string trouble;

  void complain(std::string what) {
    if (trouble.empty()) trouble = fmt::format("{}:{}: {}", file, line, std::move(what));
  }
  template <class T>
  T number(std::string_view text) {
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || !(static_cast<double>(value) >= 0) ||
        !std::isfinite(static_cast<double>(value))) {
      complain(fmt::format("'{}' is no figure", text));
      return 0;
    }
    return value;
  }
};

/// Calls set(key, value) for each key=value; complains about what `set` does not know.
template <class Set>
void each_pair(Reader& reader, std::string_view text, Set set) {
  while (!text.empty()) {
    std::string_view value = next(text, ' ');
    const std::string_view key = next(value, '=');
    if (!key.empty() && !set(key, value)) reader.complain(fmt::format("unknown key '{}'", key));
  }
}

template <class T>
using Places = std::initializer_list<std::pair<std::string_view, T*>>;

/// Whether one of the places has that name; then it gets the value.
template <class T>
bool place(Reader& reader, Places<T> places, std::string_view name, std::string_view value) {
  for (const auto& [each, to] : places) {
    if (each != name) continue;
    *to = reader.number<T>(value);
    return true;
  }
  return false;
}

void read_image(Reader& reader, std::string_view rest, ImageCost& image) {
  each_pair(reader, rest, [&](std::string_view key, std::string_view value) {
    return place<int64_t>(
               reader,
               {{"startup_bytes", &image.startup_bytes}, {"stack_bytes", &image.stack_bytes}}, key,
               value) ||
           place<double>(reader,
                         {{"invoke_bytes", &image.invoke_bytes},
                          {"layer_bytes", &image.layer_bytes},
                          {"cycles", &image.cycles},
                          {"layer_cycles", &image.layer_cycles}},
                         key, value);
  });
}

void read_kernel(Reader& reader, std::string_view rest, KernelCost& kernel) {
  kernel.kernel = next(rest, ' ');
  each_pair(reader, rest, [&](std::string_view key, std::string_view value) {
    if (key == "library")
      while (!value.empty()) kernel.library.emplace_back(next(value, ','));
    return key == "library" ||
           place<int64_t>(reader,
                          {{"code_bytes", &kernel.code_bytes},
                           {"layer_bytes", &kernel.layer_bytes},
                           {"stack_bytes", &kernel.stack_bytes},
                           {"static_bytes", &kernel.static_bytes},
                           {"cases", &kernel.cases}},
                          key, value) ||
           place<double>(reader,
                         {{"cold_cycles", &kernel.cold_cycles},
                          {"left_out_mean", &kernel.left_out_mean_error},
                          {"left_out_worst", &kernel.left_out_worst_error}},
                         key, value);
  });
}

void read_work(Reader& reader, std::string_view rest, WorkCost& work) {
  work.kind = next(rest, ' ');
  each_pair(reader, rest, [&](std::string_view key, std::string_view value) {
    return place<double>(
        reader,
        {{"call", &work.call}, {"unit", &work.unit}, {"low", &work.low}, {"high", &work.high}}, key,
        value);
  });
}

void read_line(Reader& reader, std::string_view word, std::string_view rest, CostTable& table) {
  const std::pair<std::string_view, std::string*> texts[] = {
      {"target", &table.target},           {"core", &table.core},
      {"compiler", &table.compiler},       {"flags", &table.flags},
      {"target_hash", &table.target_hash}, {"core_hash", &table.core_hash}};
  for (const auto& [name, to] : texts)
    if (word == name) {
      *to = rest;
      return;
    }
  if (word == "dsp") {
    table.dsp = rest == "yes";
  } else if (word == "core_interval") {
    table.low = reader.number<double>(next(rest, ' '));
    table.high = reader.number<double>(rest);
  } else if (word == "cache") {
    table.cache.line_bytes = std::max<int64_t>(reader.number<int64_t>(next(rest, ' ')), 1);
    table.cache.sets = reader.number<int64_t>(next(rest, ' '));
    table.cache.ways = reader.number<int64_t>(rest);
  } else if (word == "image") {
    read_image(reader, rest, table.image);
  } else if (word == "library") {
    const std::string_view name = next(rest, ' ');
    table.library.emplace_back(name, reader.number<int64_t>(rest));
  } else if (word == "kernel") {
    read_kernel(reader, rest, table.kernels.emplace_back());
  } else if (word == "cycles" && !table.kernels.empty()) {
    each_pair(reader, rest, [&](std::string_view key, std::string_view value) {
      table.kernels.back().cycles.emplace_back(key, reader.number<double>(value));
      return true;
    });
  } else if (word == "work" && !table.kernels.empty()) {
    read_work(reader, rest, table.kernels.back().work);
  } else {
    reader.complain(fmt::format("unknown line '{}'", word));
  }
}

std::string kernel_text(const KernelCost& kernel) {
  std::string line =
      fmt::format("kernel {} code_bytes={} layer_bytes={} stack_bytes={}", kernel.kernel,
                  kernel.code_bytes, kernel.layer_bytes, kernel.stack_bytes);
  if (kernel.static_bytes > 0) line += fmt::format(" static_bytes={}", kernel.static_bytes);
  if (kernel.cold_cycles > 0) line += fmt::format(" cold_cycles={:.6g}", kernel.cold_cycles);
  if (!kernel.library.empty()) line += fmt::format(" library={}", fmt::join(kernel.library, ","));
  if (kernel.cases > 0)
    line += fmt::format(" cases={} left_out_mean={:.4g} left_out_worst={:.4g}", kernel.cases,
                        kernel.left_out_mean_error, kernel.left_out_worst_error);
  line += "\ncycles";
  for (const auto& [feature, cycles] : kernel.cycles)
    line += fmt::format(" {}={:.6g}", feature, cycles);
  const WorkCost& work = kernel.work;
  if (!work.kind.empty())
    line += fmt::format("\nwork {} call={:.6g} unit={:.6g} low={:.4g} high={:.4g}", work.kind,
                        work.call, work.unit, work.low, work.high);
  return line + "\n";
}

constexpr std::string_view kFolder = "data/costs/", kSuffix = ".costs";

/// A shipped file; the build's own tests have read it, so that it cannot fail here.
CostTable shipped(const EmbeddedFile& file) {
  Result<CostTable> table = read_cost_table(file.text, file.path);
  return table ? std::move(*table) : CostTable{};
}

}  // namespace

double KernelCost::predict(const Features& features) const {
  double sum = 0;
  size_t at = 0;  // both are in the same order
  for (const Feature& feature : features) {
    if (feature.value == 0) continue;
    size_t turn = 0;
    while (turn < cycles.size() && cycles[at % cycles.size()].first != feature.name) ++turn, ++at;
    if (turn < cycles.size()) sum += cycles[at % cycles.size()].second * feature.value;
  }
  return sum;
}

const KernelCost* CostTable::find(std::string_view kernel) const {
  const auto at = std::ranges::find(kernels, kernel, &KernelCost::kernel);
  return at == kernels.end() ? nullptr : &*at;
}

int64_t CostTable::library_bytes(std::string_view function) const {
  for (const auto& [name, bytes] : library)
    if (name == function) return bytes;
  return 0;
}

std::string cost_table_text(const CostTable& table) {
  std::string text =
      "# Written by `assay bench`; data/README.md explains each line. Do not edit.\n";
  text += fmt::format("target {}\ncore {}\ndsp {}\ncompiler {}\nflags {}\n", table.target,
                      table.core, table.dsp ? "yes" : "no", table.compiler, table.flags);
  text += fmt::format("target_hash {}\ncore_hash {}\ncore_interval {:.6g} {:.6g}\n",
                      table.target_hash, table.core_hash, table.low, table.high);
  if (table.cache.sets > 0)
    text +=
        fmt::format("cache {} {} {}\n", table.cache.line_bytes, table.cache.sets, table.cache.ways);
  text += fmt::format(
      "image startup_bytes={} invoke_bytes={:.6g} layer_bytes={:.6g} stack_bytes={} cycles={:.6g} "
      "layer_cycles={:.6g}\n",
      table.image.startup_bytes, table.image.invoke_bytes, table.image.layer_bytes,
      table.image.stack_bytes, table.image.cycles, table.image.layer_cycles);
  for (const auto& [name, bytes] : table.library)
    text += fmt::format("library {} {}\n", name, bytes);
  for (const KernelCost& kernel : table.kernels) text += kernel_text(kernel);
  return text;
}

Result<CostTable> read_cost_table(std::string_view text, std::string_view file) {
  CostTable table;
  Reader reader{.file = file, .trouble = {}};
  while (!text.empty() && reader.trouble.empty()) {
    std::string_view rest = next(text, '\n');
    ++reader.line;
    if (rest.empty() || rest.starts_with('#')) continue;
    const std::string_view word = next(rest, ' ');
    read_line(reader, word, rest, table);
  }
  if (reader.trouble.empty() && table.target.empty())
    reader.complain("this is no table of costs: it names no target");
  if (!reader.trouble.empty()) return fail(ErrorKind::input, "{}", reader.trouble);
  return table;
}

const std::vector<CostTable>& shipped_cost_tables() {
  static const std::vector<CostTable> tables = [] {
    std::vector<CostTable> all;
    for (const EmbeddedFile& file : embedded_files())
      if (file.path.starts_with(kFolder) && file.path.ends_with(kSuffix))
        all.push_back(shipped(file));
    return all;
  }();
  return tables;
}

const CostTable* shipped_cost_table(std::string_view target) {
  static std::mutex mutex;
  static std::map<std::string, CostTable, std::less<>> tables;
  const std::scoped_lock lock(mutex);
  if (const auto known = tables.find(target); known != tables.end()) return &known->second;
  const EmbeddedFile* file = find_embedded(fmt::format("{}{}{}", kFolder, target, kSuffix));
  return file ? &tables.emplace(target, shipped(*file)).first->second : nullptr;
}

}  // namespace assay
