// ELF by libelf, from memory: 32-bit little-endian executables. Not handled: 64-bit ones.
//
// libelf (elfutils) checks offsets when it reads headers of a memory image, but not what they mean:
// each range is checked here before a view of it is made, each name before it is read. Nothing of
// the file is trusted, and a field that makes no sense is an error that names the section or
// segment. Does not read relocations, DWARF or dynamic linking. Source: ELF for the Arm
// Architecture (IHI 0044).
#include "measure/elf.h"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <memory>

namespace assay {
namespace {

constexpr size_t kMaxSections = 65536, kMaxSegments = 1024, kMaxSymbols = 1 << 20;

struct ElfEnd {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, ElfEnd>;

/// The bytes [offset, offset + count) of the file, if it has them.
Result<std::span<const std::byte>> range(std::span<const std::byte> file, uint64_t offset,
                                         uint64_t count) {
  if (offset > file.size() || count > file.size() - offset)
    return fail(ErrorKind::input, "its bytes {} to {} are beyond the file's end at {}", offset,
                offset + count, file.size());
  return file.subspan(offset, count);
}

/// A section's or symbol's name. libelf checks that it ends within its table.
std::string name_at(Elf* elf, size_t table, size_t offset) {
  const char* name = elf_strptr(elf, table, offset);
  return name ? name : "";
}

Status read_header(Elf* elf, ElfFile& out) {
  GElf_Ehdr header;
  if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
    return fail(ErrorKind::input, "not an ELF file");
  if (gelf_getclass(elf) == ELFCLASS64)
    return fail(
        ErrorKind::unsupported, "a 64-bit ELF file, and no 64-bit core is modelled{}",
        header.e_machine == EM_RISCV ? ": build it for rv32 (-march=rv32imac -mabi=ilp32)" : "");
  if (header.e_ident[EI_DATA] != ELFDATA2LSB)
    return fail(ErrorKind::input, "not a little-endian ELF file");
  for (const IsaFamily* family : isa_families())
    if (header.e_machine == family->elf_machine) out.family = family;
  if (out.family == nullptr)
    return fail(ErrorKind::input, "made for machine {}, which is none that Assay knows",
                header.e_machine);
  if (header.e_type != ET_EXEC) return fail(ErrorKind::input, "not a linked executable");
  out.entry = static_cast<uint32_t>(header.e_entry);
  return {};
}

Status read_segments(Elf* elf, std::span<const std::byte> file, ElfFile& out) {
  size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) return fail(ErrorKind::input, "no program header table");
  if (count > kMaxSegments) return fail(ErrorKind::input, "{} segments are too many", count);
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (!gelf_getphdr(elf, static_cast<int>(i), &header))
      return fail(ErrorKind::input, "segment {} cannot be read", i);
    if (header.p_type != PT_LOAD || header.p_memsz == 0) continue;
    const auto bytes = TRY(in(range(file, header.p_offset, header.p_filesz), "segment {}", i));
    constexpr uint64_t kAddressSpace = uint64_t{1} << 32;
    if (header.p_filesz > header.p_memsz || header.p_vaddr + header.p_memsz > kAddressSpace ||
        header.p_paddr + header.p_filesz > kAddressSpace)
      return fail(ErrorKind::input,
                  "segment {}: {} bytes at 0x{:x} do not fit in the address space", i,
                  header.p_memsz, header.p_vaddr);
    out.segments.push_back({static_cast<uint32_t>(header.p_paddr),
                            static_cast<uint32_t>(header.p_vaddr), bytes,
                            static_cast<int64_t>(header.p_memsz)});
  }
  return {};
}

/// Where a section's initialisers stand: its address moved as its segment is.
uint32_t load_address(const ElfFile& elf, uint32_t address) {
  for (const ElfSegment& segment : elf.segments)
    if (address >= segment.run_address && address - segment.run_address < segment.memory_bytes)
      return address - segment.run_address + segment.load_address;
  return address;
}

/// A global label in code: a function, where a library's assembly does not say so.
bool is_code_label(Elf* elf, const GElf_Sym& symbol) {
  GElf_Shdr header;
  Elf_Scn* section = elf_getscn(elf, symbol.st_shndx);
  return GELF_ST_TYPE(symbol.st_info) == STT_NOTYPE && GELF_ST_BIND(symbol.st_info) == STB_GLOBAL &&
         section && gelf_getshdr(section, &header) && (header.sh_flags & SHF_EXECINSTR) != 0;
}

Status read_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, ElfFile& out) {
  const Elf_Data* data = elf_getdata(section, nullptr);
  if (!data) return fail(ErrorKind::input, "the symbol table cannot be read");
  const size_t count = data->d_size / sizeof(Elf32_Sym);
  if (count > kMaxSymbols) return fail(ErrorKind::input, "{} symbols are too many", count);
  for (size_t i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(const_cast<Elf_Data*>(data), static_cast<int>(i), &symbol))
      return fail(ErrorKind::input, "symbol {} cannot be read", i);
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || type == STT_SECTION || type == STT_FILE) continue;
    std::string name = name_at(elf, header.sh_link, symbol.st_name);
    if (name.empty() || name.starts_with('$')) continue;  // $t, $d: mapping symbols
    const bool is_function =
        type == STT_FUNC || (out.family->untyped_functions && is_code_label(elf, symbol));
    const bool odd = is_function && out.family->odd_function_addresses;
    const uint32_t address = static_cast<uint32_t>(symbol.st_value) & ~(odd ? 1u : 0u);
    out.symbols.push_back(
        {std::move(name), address, static_cast<int64_t>(symbol.st_size), is_function});
  }
  return {};
}

Status read_sections(Elf* elf, std::span<const std::byte> file, ElfFile& out) {
  size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return fail(ErrorKind::input, "no section names");
  size_t count = 0;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section; section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (++count > kMaxSections) return fail(ErrorKind::input, "too many sections");
    if (!gelf_getshdr(section, &header))
      return fail(ErrorKind::input, "section {} cannot be read", count);
    const std::string name = name_at(elf, names, header.sh_name);
    const bool has_bytes = header.sh_type != SHT_NOBITS && header.sh_type != SHT_NULL;
    if (has_bytes)
      TRY(in(range(file, header.sh_offset, header.sh_size), "section {} '{}'", count, name));
    if (header.sh_type == SHT_SYMTAB) TRY_STATUS(read_symbols(elf, section, header, out));
    if (header.sh_addr + header.sh_size > uint64_t{1} << 32)
      return fail(ErrorKind::input, "section {} '{}': {} bytes at 0x{:x} leave the address space",
                  count, name, header.sh_size, header.sh_addr);
    const uint32_t address = static_cast<uint32_t>(header.sh_addr);
    out.sections.push_back({name, address, load_address(out, address),
                            static_cast<int64_t>(header.sh_size),
                            (header.sh_flags & SHF_ALLOC) != 0, (header.sh_flags & SHF_WRITE) != 0,
                            (header.sh_flags & SHF_EXECINSTR) != 0, has_bytes});
  }
  return {};
}

}  // namespace

const ElfSymbol* ElfFile::find(std::string_view name) const {
  const auto found = std::ranges::find(symbols, name, &ElfSymbol::name);
  return found == symbols.end() ? nullptr : &*found;
}

const ElfSymbol* ElfFile::find_function(std::string_view name) const {
  if (name.empty()) return nullptr;
  if (const ElfSymbol* symbol = find(name)) return symbol;
  const auto is_clone = [&](const ElfSymbol& symbol) {
    if (!symbol.is_function || !symbol.name.starts_with(name)) return false;
    const std::string_view ending = std::string_view(symbol.name).substr(name.size());
    return ending.starts_with(".isra.") || ending.starts_with(".constprop.") ||
           ending.starts_with(".lto_priv.") || ending.starts_with(".part.");
  };
  const auto found = std::ranges::find_if(symbols, is_clone);
  return found == symbols.end() ? nullptr : &*found;
}

Result<ElfFile> read_elf(std::span<const std::byte> bytes) {
  elf_version(EV_CURRENT);
  // libelf writes to the image only when asked to update it.
  auto* image = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  if (bytes.empty()) return fail(ErrorKind::input, "the file is empty");
  const ElfHandle elf(elf_memory(image, bytes.size()));
  if (!elf) return fail(ErrorKind::input, "not an ELF file");
  ElfFile out;
  out.file = bytes;
  TRY_STATUS(read_header(elf.get(), out));
  TRY_STATUS(read_segments(elf.get(), bytes, out));
  TRY_STATUS(read_sections(elf.get(), bytes, out));
  // By address; at one address the longest name's owner last, so that the order is the file's own
  // no more.
  std::ranges::stable_sort(out.symbols, [](const ElfSymbol& a, const ElfSymbol& b) {
    return std::tie(a.address, a.name) < std::tie(b.address, b.name);
  });
  return out;
}

}  // namespace assay
