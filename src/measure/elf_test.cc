#include "measure/elf.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "measure/image.h"

namespace assay {
namespace {

/// A small executable: 16 bytes of code at 0x08000000, a 4-byte initialiser loaded behind it for
/// 0x20000000, 12 bytes of zeros after that, and a function symbol.
struct TinyElf {
  Elf32_Ehdr header{};
  Elf32_Phdr segments[2]{};
  Elf32_Shdr sections[7]{};
  unsigned char code[16]{}, data[4]{};
  Elf32_Sym symbols[2]{};
  char symbol_names[8] = "\0kws_go";
  char section_names[64] = "\0.kernels\0.data\0.bss\0.symtab\0.strtab\0.shstrtab";
};

Elf32_Shdr section(Elf32_Word name, Elf32_Word type, Elf32_Word flags, Elf32_Addr address,
                   size_t offset, size_t bytes) {
  Elf32_Shdr header{};
  header.sh_name = name;
  header.sh_type = type;
  header.sh_flags = flags;
  header.sh_addr = address;
  header.sh_offset = static_cast<Elf32_Off>(offset);
  header.sh_size = static_cast<Elf32_Word>(bytes);
  header.sh_addralign = 4;
  return header;
}

TinyElf tiny_elf() {
  TinyElf elf;
  std::memcpy(elf.header.e_ident, ELFMAG, SELFMAG);
  elf.header.e_ident[EI_CLASS] = ELFCLASS32;
  elf.header.e_ident[EI_DATA] = ELFDATA2LSB;
  elf.header.e_ident[EI_VERSION] = EV_CURRENT;
  elf.header.e_version = EV_CURRENT;
  elf.header.e_type = ET_EXEC;
  elf.header.e_machine = EM_ARM;
  elf.header.e_entry = 0x08000001;
  elf.header.e_ehsize = sizeof(Elf32_Ehdr);
  elf.header.e_phentsize = sizeof(Elf32_Phdr);
  elf.header.e_phnum = 2;
  elf.header.e_phoff = offsetof(TinyElf, segments);
  elf.header.e_shentsize = sizeof(Elf32_Shdr);
  elf.header.e_shnum = 7;
  elf.header.e_shoff = offsetof(TinyElf, sections);
  elf.header.e_shstrndx = 6;
  elf.segments[0] = {PT_LOAD, offsetof(TinyElf, code), 0x08000000, 0x08000000, 16, 16, PF_R | PF_X,
                     4};
  elf.segments[1] = {PT_LOAD, offsetof(TinyElf, data), 0x20000000, 0x08000010, 4, 16, PF_R | PF_W,
                     4};
  elf.sections[1] =
      section(1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x08000000, offsetof(TinyElf, code), 16);
  elf.sections[2] =
      section(10, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x20000000, offsetof(TinyElf, data), 4);
  elf.sections[3] =
      section(16, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x20000004, offsetof(TinyElf, data), 12);
  elf.sections[4] =
      section(21, SHT_SYMTAB, 0, 0, offsetof(TinyElf, symbols), 2 * sizeof(Elf32_Sym));
  elf.sections[4].sh_link = 5;
  elf.sections[4].sh_entsize = sizeof(Elf32_Sym);
  elf.sections[5] = section(29, SHT_STRTAB, 0, 0, offsetof(TinyElf, symbol_names), 8);
  elf.sections[6] = section(37, SHT_STRTAB, 0, 0, offsetof(TinyElf, section_names), 64);
  elf.symbols[1].st_name = 1;
  elf.symbols[1].st_value = 0x08000001;
  elf.symbols[1].st_size = 16;
  elf.symbols[1].st_info = STB_GLOBAL << 4 | STT_FUNC;
  elf.symbols[1].st_shndx = 1;
  return elf;
}

std::span<const std::byte> bytes_of(const TinyElf& elf) {
  return std::as_bytes(std::span(&elf, 1));
}

Target tiny_target() {
  Target target;
  target.name = "tiny";
  target.regions.resize(2);
  target.regions[0].name = "FLASH";
  target.regions[0].address = 0x08000000;
  target.regions[0].size_bytes = 1024;
  target.regions[1].name = "RAM";
  target.regions[1].kind = RegionKind::ram;
  target.regions[1].address = 0x20000000;
  target.regions[1].size_bytes = 64;
  return target;
}

TEST(ReadElf, SegmentsSectionsSymbols) {
  const TinyElf file = tiny_elf();
  const auto elf = read_elf(bytes_of(file));
  ASSERT_TRUE(elf) << text(elf.error());
  EXPECT_EQ(elf->entry, 0x08000001u);
  ASSERT_EQ(elf->segments.size(), 2u);
  EXPECT_EQ(elf->segments[1].load_address, 0x08000010u);
  EXPECT_EQ(elf->segments[1].run_address, 0x20000000u);
  EXPECT_EQ(elf->segments[1].bytes.size(), 4u);
  const ElfSymbol* symbol = elf->find("kws_go");
  ASSERT_NE(symbol, nullptr);
  EXPECT_EQ(symbol->address, 0x08000000u);
  EXPECT_TRUE(symbol->is_function);
  EXPECT_EQ(elf->find("kws_gone"), nullptr);
}

TEST(Footprint, EveryByteInOneClass) {
  const TinyElf file = tiny_elf();
  const auto sizes = footprint(read_elf(bytes_of(file)).value(), tiny_target());
  ASSERT_TRUE(sizes) << text(sizes.error());
  EXPECT_EQ(sizes->flash_bytes, 20);
  EXPECT_EQ(sizes->kernels_bytes, 16);
  EXPECT_EQ(sizes->data_bytes, 4);
  EXPECT_EQ(sizes->bss_bytes, 12);
  EXPECT_EQ(sizes->other_bytes, 0);
  EXPECT_EQ(sizes->regions[0].used_bytes, 20);
  EXPECT_EQ(sizes->regions[1].used_bytes, 16);
}

TEST(Footprint, RefusesWhatLiesNowhere) {
  const TinyElf file = tiny_elf();
  Target target = tiny_target();
  target.regions[1].address = 0x20000100;
  const auto sizes = footprint(read_elf(bytes_of(file)).value(), target);
  ASSERT_FALSE(sizes);
  EXPECT_EQ(text(sizes.error()), "section '.data': 4 bytes at 0x20000000 lie in no region of tiny");
}

TEST(ReadElf, SaysWhatIsWrong) {
  const struct {
    const char* says;
    void (*damage)(TinyElf&);
  } cases[] = {
      {"not an ELF file", [](TinyElf& elf) { elf.header.e_ident[1] = 'L'; }},
      {"not a 32-bit little-endian ELF file",
       [](TinyElf& elf) { elf.header.e_ident[EI_DATA] = ELFDATA2MSB; }},
      {"made for machine 62, which is none that Assay knows",
       [](TinyElf& elf) { elf.header.e_machine = EM_X86_64; }},
      {"not a linked executable", [](TinyElf& elf) { elf.header.e_type = ET_REL; }},
      {"segment 1: its bytes 4294967280 to 4294967284 are beyond the file's end",
       [](TinyElf& elf) { elf.segments[1].p_offset = 0xfffffff0; }},
      {"segment 0: 8 bytes at 0x8000000 do not fit",
       [](TinyElf& elf) { elf.segments[0].p_memsz = 8; }},
      {"segment 1: 16 bytes at 0xfffffff8 do not fit",
       [](TinyElf& elf) { elf.segments[1].p_vaddr = 0xfffffff8; }},
      {"section 1 '.kernels': its bytes",
       [](TinyElf& elf) { elf.sections[1].sh_size = 0x7fffffff; }},
      {"section 3 '.bss': 12 bytes at 0xfffffff8 leave the address space",
       [](TinyElf& elf) { elf.sections[3].sh_addr = 0xfffffff8; }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.says);
    TinyElf file = tiny_elf();
    c.damage(file);
    const auto elf = read_elf(bytes_of(file));
    ASSERT_FALSE(elf);
    EXPECT_EQ(exit_code(elf.error()), 3);
    EXPECT_EQ(text(elf.error()).substr(0, std::strlen(c.says)), c.says);
  }
}

TEST(ReadElf, SurvivesEveryCutAndFlip) {
  const TinyElf good = tiny_elf();
  const auto all = bytes_of(good);
  int refused = 0;
  for (size_t cut = 0; cut < all.size(); ++cut) {
    // A copy of its own, so that reading past the end is seen by the sanitizer.
    const std::vector<std::byte> cut_file(all.begin(), all.begin() + static_cast<ptrdiff_t>(cut));
    refused += !read_elf(cut_file);
  }
  EXPECT_GT(refused, 0);
  for (size_t at = 0; at < all.size() * 8; ++at) {
    std::vector<std::byte> flipped(all.begin(), all.end());
    flipped[at / 8] ^= static_cast<std::byte>(1 << at % 8);
    const auto elf = read_elf(flipped);
    if (!elf) {
      EXPECT_FALSE(elf.error().what.empty());
    } else {
      (void)footprint(*elf, tiny_target());
    }
  }
}

TEST(Image, NamesTheStackOfATableMadeForAnotherPart) {
  TinyElf elf = tiny_elf();
  constexpr uint32_t kTable[] = {0x30000000, 0x08000009};
  std::memcpy(elf.code, kTable, sizeof kTable);
  std::vector<std::byte> bytes(sizeof elf);
  std::memcpy(bytes.data(), &elf, sizeof elf);
  const auto target = load_target("nucleo-l4r5zi");
  ASSERT_TRUE(target);
  const auto image = read_image(bytes, *target, std::nullopt);
  ASSERT_TRUE(image) << text(image.error());
  EXPECT_FALSE(image->vector_table);
  EXPECT_NE(image->why_no_table.find("table at 0x08000000 sets the stack to 0x30000000, which is "
                                     "in no RAM of nucleo-l4r5zi: "),
            std::string::npos)
      << image->why_no_table;
}

// A Pico's image with its 256 bytes of boot loader, and the same image without them.
TEST(Image, FindsWhereARawFileBegins) {
  const auto target = load_target("pico");
  ASSERT_TRUE(target);
  constexpr uint32_t kTable[] = {0x20040000, 0x10000109};
  std::vector<std::byte> bare(1024), whole(1280, std::byte{0x5a});
  std::memcpy(bare.data(), kTable, sizeof kTable);
  std::ranges::copy(bare, whole.begin() + 256);
  for (const auto& [file, begin] : {std::pair(bare, 0x10000100u), std::pair(whole, 0x10000000u)}) {
    const auto image = read_image(file, *target, std::nullopt);
    ASSERT_TRUE(image) << text(image.error());
    EXPECT_EQ(image->elf.segments.front().load_address, begin);
    EXPECT_EQ(image->vector_table, 0x10000100u);
  }
}

}  // namespace
}  // namespace assay
