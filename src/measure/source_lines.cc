// DWARF's line tables by libdw (elfutils), versions 2 to 5, compressed sections too.
//
// All tables are read at once into one list by address, so that a look-up is a binary search.
// Nothing of the file is trusted: libdw checks offsets; how many rows, units and entries there are
// is bounded here. A sequence ends where its table says, so that addresses between two of them are
// of no line. Line 0 means that the compiler names none. Not handled: split DWARF (.dwo files),
// several units that claim one address (the first in the file is taken), macros.
// Source: DWARF 5, sections 6.2 (line numbers) and 3.3.8 (inlined subroutines).
#include "measure/source_lines.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace assay {
namespace {

constexpr size_t kMaxRows = 1 << 23, kMaxUnits = 1 << 18;
constexpr int kMaxEntries = 1 << 18;  ///< looked at for one address
constexpr int kMaxNesting = 256;
constexpr size_t kMaxDebugBytes = size_t{1} << 30;

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
struct DwarfEnd {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};

/// From this address on, up to the next row's.
struct Row {
  uint32_t address = 0;
  int32_t line = -1;  ///< of State::lines; -1: none
};

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

/// `path` without the folder, if it stands in it.
std::string within(const std::string& path, const std::string& folder) {
  if (folder.empty() || !path.starts_with(folder)) return path;
  const bool slash = path.size() > folder.size() && path[folder.size()] == '/';
  return slash ? path.substr(folder.size() + 1) : path;
}

std::string folder_of(Dwarf_Die& unit) {
  Dwarf_Attribute attribute;
  return text_of(dwarf_formstring(dwarf_attr(&unit, DW_AT_comp_dir, &attribute)));
}

/// Bytes of debug sections once they are not compressed any more.
size_t debug_bytes(Elf* elf) {
  size_t sum = 0, names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return 0;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section; section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || (header.sh_flags & SHF_ALLOC) != 0) continue;
    GElf_Chdr compressed;
    const bool is_compressed = (header.sh_flags & SHF_COMPRESSED) != 0;
    if (is_compressed && !gelf_getchdr(section, &compressed)) continue;
    const uint64_t bytes = is_compressed ? compressed.ch_size : header.sh_size;
    sum += std::min<uint64_t>(bytes, kMaxDebugBytes + 1);
  }
  return sum;
}

}  // namespace

struct SourceLines::State {
  std::unique_ptr<Elf, ElfEnd> elf;
  std::unique_ptr<Dwarf, DwarfEnd> dwarf;
  std::vector<Row> rows = {};
  std::vector<SourceLine> lines = {};
  std::vector<int32_t> path_of_line = {};
  std::vector<std::string> paths = {};
  std::map<std::pair<int32_t, int>, int32_t> known = {};  ///< by path and line
  std::map<std::string, int32_t, std::less<>> known_paths = {};

  int32_t line_number(const char* source, int line, const std::string& folder) {
    if (line <= 0 || source == nullptr) return -1;
    auto path = known_paths.find(std::string_view(source));
    if (path == known_paths.end()) {
      path = known_paths.emplace(source, static_cast<int32_t>(paths.size())).first;
      paths.emplace_back(source);
    }
    const auto next = static_cast<int32_t>(lines.size());
    const auto [at, is_new] = known.try_emplace({path->second, line}, next);
    if (is_new) {
      lines.push_back({within(path->first, folder), line});
      path_of_line.push_back(path->second);
    }
    return at->second;
  }

  Status read_unit(Dwarf_Die& unit) {
    Dwarf_Lines* table = nullptr;
    size_t count = 0;
    if (dwarf_getsrclines(&unit, &table, &count) != 0) return {};  // a unit without code
    if (rows.size() + count > kMaxRows)
      return fail(ErrorKind::input, "its DWARF has more than {} rows of lines", kMaxRows);
    const std::string folder = folder_of(unit);
    for (size_t i = 0; i < count; ++i) {
      Dwarf_Line* row = dwarf_onesrcline(table, i);
      Dwarf_Addr address = 0;
      bool ends = false;
      int line = 0;
      if (row == nullptr || dwarf_lineaddr(row, &address) != 0) continue;
      if (dwarf_lineendsequence(row, &ends) != 0 || dwarf_lineno(row, &line) != 0) continue;
      const char* source = ends ? nullptr : dwarf_linesrc(row, nullptr, nullptr);
      rows.push_back({static_cast<uint32_t>(address), line_number(source, line, folder)});
    }
    return {};
  }

  Status read_all() {
    Dwarf_CU* unit = nullptr;
    Dwarf_Die entry;
    size_t units = 0;
    while (dwarf_get_units(dwarf.get(), unit, &unit, nullptr, nullptr, &entry, nullptr) == 0) {
      if (++units > kMaxUnits) return fail(ErrorKind::input, "its DWARF has too many units");
      TRY_STATUS(read_unit(entry));
    }
    // At one address the last row of its sequence counts; the end of a sequence only where nothing
    // begins.
    std::ranges::stable_sort(rows, [](const Row& a, const Row& b) {
      return std::pair(a.address, a.line >= 0) < std::pair(b.address, b.line >= 0);
    });
    if (rows.empty()) return fail(ErrorKind::input, "its DWARF has no table of lines");
    return {};
  }

  /// Functions below `entry` that have the address, each before those inlined in it. Blocks are
  /// entered in any case: GCC gives some of them no address.
  bool find_inlined(Dwarf_Die entry, Dwarf_Addr address, int nesting, int& looked,
                    std::vector<Dwarf_Die>& found) const {
    Dwarf_Die child;
    if (nesting > kMaxNesting || dwarf_child(&entry, &child) != 0) return false;
    do {
      if (++looked > kMaxEntries) return true;
      const int tag = dwarf_tag(&child);
      const bool is_function = tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
      if (is_function && dwarf_haspc(&child, address) > 0) {
        found.push_back(child);
        find_inlined(child, address, nesting + 1, looked, found);
        return true;
      }
      const bool is_block = tag == DW_TAG_lexical_block || tag == DW_TAG_namespace;
      if (is_block && find_inlined(child, address, nesting + 1, looked, found)) return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
  }
};

SourceLines::SourceLines(std::unique_ptr<State> state) : state_(std::move(state)) {}
SourceLines::SourceLines(SourceLines&&) noexcept = default;
SourceLines& SourceLines::operator=(SourceLines&&) noexcept = default;
SourceLines::~SourceLines() = default;

Result<SourceLines> SourceLines::read(std::span<const std::byte> bytes) {
  elf_version(EV_CURRENT);
  auto state = std::make_unique<State>();
  // libelf writes to the image only when asked to update it.
  auto* image = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  state->elf.reset(bytes.empty() ? nullptr : elf_memory(image, bytes.size()));
  if (!state->elf) return fail(ErrorKind::input, "not an ELF file");
  if (debug_bytes(state->elf.get()) > kMaxDebugBytes)
    return fail(ErrorKind::input, "its DWARF is larger than {} bytes", kMaxDebugBytes);
  state->dwarf.reset(dwarf_begin_elf(state->elf.get(), DWARF_C_READ, nullptr));
  if (!state->dwarf)
    return fail(ErrorKind::unsupported, "the image has no DWARF (compile and link with -g)");
  TRY_STATUS(state->read_all());
  return SourceLines(std::move(state));
}

int SourceLines::line_number_at(uint32_t address) const {
  const auto after = std::ranges::upper_bound(state_->rows, address, {}, &Row::address);
  return after == state_->rows.begin() ? -1 : (after - 1)->line;
}

const SourceLine& SourceLines::line(int number) const {
  return state_->lines[static_cast<size_t>(number)];
}

std::string SourceLines::path_of(int number) const {
  return state_->paths[static_cast<size_t>(state_->path_of_line[static_cast<size_t>(number)])];
}

std::optional<SourceLine> SourceLines::at(uint32_t address) const {
  const int number = line_number_at(address);
  return number < 0 ? std::nullopt : std::optional(line(number));
}

std::vector<InlinedCall> SourceLines::inlined_at(uint32_t address) const {
  std::vector<InlinedCall> chain;
  std::vector<Dwarf_Die> scopes;
  Dwarf_CU* unit = nullptr;
  Dwarf_Die root = {};
  while (scopes.empty() &&
         dwarf_get_units(state_->dwarf.get(), unit, &unit, nullptr, nullptr, &root, nullptr) == 0)
    if (int looked = 0; dwarf_haspc(&root, address) > 0)
      state_->find_inlined(root, address, 0, looked, scopes);
  if (scopes.empty()) return chain;
  const std::string folder = folder_of(root);
  Dwarf_Files* files = nullptr;
  size_t count = 0;
  dwarf_getsrcfiles(&root, &files, &count);
  const auto number = [](Dwarf_Die& entry, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dwarf_formudata(dwarf_attr(&entry, name, &attribute), &value) != 0) value = 0;
    return value;
  };
  for (size_t i = scopes.size(); i-- > 0;) {
    if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine) continue;
    const Dwarf_Word file = number(scopes[i], DW_AT_call_file);
    const char* source =
        files != nullptr && file < count ? dwarf_filesrc(files, file, nullptr, nullptr) : nullptr;
    chain.push_back({demangled(text_of(dwarf_diename(&scopes[i]))),
                     {within(text_of(source), folder),
                      static_cast<int64_t>(number(scopes[i], DW_AT_call_line))}});
  }
  return chain;
}

std::string demangled(const std::string& symbol) {
  if (!symbol.starts_with("_Z")) return symbol;
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 && name ? std::string(name.get()) : symbol;
}

}  // namespace assay
