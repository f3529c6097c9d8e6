#include <gtest/gtest.h>

#include "measure/toolchain.h"
#include "test_program.h"

namespace assay {
namespace {

MemoryRegion region(const char* name, RegionKind kind, uint32_t address, int64_t size_bytes) {
  MemoryRegion made;
  made.name = name;
  made.kind = kind;
  made.address = address;
  made.size_bytes = size_bytes;
  return made;
}

Target two_rams() {
  Target target;
  target.name = "two-rams";
  target.regions = {region("FLASH", RegionKind::flash, 0x10000000, 65536),
                    region("DTCM", RegionKind::ram, 0x20000000, 8192),
                    region("SRAM 1", RegionKind::ram, 0x20100000, 32768)};
  return target;
}

TEST(LinkerScript, OfNucleoL4r5zi) {
  const std::string script = linker_script(load_target("nucleo-l4r5zi").value(), test_program());
  EXPECT_EQ(script, R"(/* nucleo_l4r5zi: made by assay from the target's regions. */

ENTRY(firmware_reset)

MEMORY {
  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 2097152
  RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 655360
}

__stack_reserve = 1024;
__aeabi_unwind_cpp_pr0 = 0;

SECTIONS {
  .vectors : { KEEP(*(.vectors)) } > FLASH
  .startup : { *firmware_*.o(.text .text.* .rodata .rodata.*) . = ALIGN(4); } > FLASH
  .libc    : { *.a:*(.text .text.* .rodata .rodata.* .srodata .srodata.*) . = ALIGN(4); } > FLASH
  .model   : { *(.text.toy_*) . = ALIGN(4); } > FLASH
  .kernels : { *(.text .text.*) . = ALIGN(4); } > FLASH
  .weights : {
    *(.rodata.toy_00_weights)
    . = ALIGN(4); } > FLASH
  .tables  : { *(.rodata .rodata.*) . = ALIGN(4); } > FLASH

  .arena (NOLOAD) : ALIGN(16) { *(.bss.assay_arena) } > RAM AT> RAM
  .data : ALIGN(4) {
    __data_start = .;
    *(.data .data.* .sdata .sdata.*)
    . = ALIGN(4);
    __data_end = .;
  } > RAM AT> FLASH
  __data_load = LOADADDR(.data);
  .bss (NOLOAD) : ALIGN(4) {
    __bss_start = .;
    *(.bss .bss.* .sbss .sbss.* COMMON)
    . = ALIGN(4);
    __bss_end = .;
  } > RAM AT> RAM
  __stack_limit = .;
  .stack (NOLOAD) : ALIGN(4) { . += __stack_reserve; } > RAM AT> RAM
  __stack_top = (ORIGIN(RAM) + LENGTH(RAM)) & ~7;

  /DISCARD/ : { *(.ARM.exidx* .ARM.extab* .ARM.attributes .eh_frame .comment) }
}
)");
}

TEST(LinkerScript, PutsTheArenaWhereItFits) {
  const struct {
    const char* name;
    int64_t arena_bytes;
    const char* region;
  } cases[] = {
      {"beside the stack", 4096, "DTCM"},
      {"not with the stack's reserve", 7000, "SRAM_1"},
      {"only in the larger", 20000, "SRAM_1"},
      {"nowhere: the largest overflows", 40000, "SRAM_1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    Program program = test_program();
    program.plan.arena_bytes = c.arena_bytes;
    const std::string line = std::string("(.bss.assay_arena) } > ") + c.region + " ";
    EXPECT_NE(linker_script(two_rams(), program).find(line), std::string::npos);
  }
}

TEST(LinkerScript, LeavesTheBootBlockAlone) {
  Target target = two_rams();
  target.image_offset_bytes = 256;
  EXPECT_NE(linker_script(target, test_program())
                .find("FLASH (rx) : ORIGIN = 0x10000100, LENGTH = 65280"),
            std::string::npos);
}

TEST(LinkerScript, PutsConstantsWhereLoadsSeeThem) {
  Target target = two_rams();
  target.regions[0].data_address = 0x3c000000;
  const std::string script = linker_script(target, test_program());
  for (const char* line :
       {"FLASH_DATA (r) : ORIGIN = 0x3c000000, LENGTH = 65536", ".weights : ALIGN_WITH_INPUT {",
        "> FLASH_DATA AT> FLASH", "__data_load = LOADADDR(.data) + 0x2c000000;"})
    EXPECT_NE(script.find(line), std::string::npos) << line;
}

TEST(LinkerScript, StoresInFlashWhatRunsElsewhere) {
  const Target target = load_target("disco-f746ng").value();
  const RegionChoice choice =
      placement_on(target, std::vector<std::string>{"code=tcm", "weights=tcm"}).value();
  const std::string script = linker_script(target, test_program(), choice);
  EXPECT_NE(script.find(".kernels : { *(.text .text.*) . = ALIGN(4); } > ITCM AT> FLASH"),
            std::string::npos)
      << script;
  EXPECT_NE(script.find("> DTCM AT> FLASH"), std::string::npos);
  EXPECT_NE(script.find("LONG(LOADADDR(.weights)) LONG(ADDR(.weights))"), std::string::npos);
  EXPECT_NE(
      script.find(
          ".startup : { *firmware_*.o(.text .text.* .rodata .rodata.*) . = ALIGN(4); } > FLASH"),
      std::string::npos);
}

/// ESP32-C3's start-up reads flash where loads see it.
TEST(LinkerScript, CopiesFromWhereLoadsSeeFlash) {
  Target target = two_rams();
  target.regions[0].data_address = 0x3c000000;
  const std::string script = linker_script(target, test_program(), {"", "SRAM 1", ""});
  for (const char* line : {"LONG(LOADADDR(.weights) + 0x2c000000) LONG(ADDR(.weights))",
                           ". = ALIGN(16); } > SRAM_1 AT> FLASH"})
    EXPECT_NE(script.find(line), std::string::npos) << line << script;
}

TEST(LinkerScript, NeedsFlashAndRam) {
  Target target = two_rams();
  target.regions.resize(1);
  EXPECT_EQ(linker_script(target, test_program()), "");
}

TEST(ParseOverflows, ReadsWhatLdSays) {
  const auto overflows = parse_overflows(
      "/usr/bin/ld: image.elf section `.arena' will not fit in region `RAM'\n"
      "/usr/bin/ld: region `RAM' overflowed by 1234 bytes\n"
      "/usr/bin/ld: region `FLASH' overflowed by 1 byte\n"
      "/usr/bin/ld: region `RAM' overflowed by 1234 bytes\n"
      "collect2: error: ld returned 1 exit status\n");
  ASSERT_EQ(overflows.size(), 2u);
  EXPECT_EQ(text(overflows), "RAM overflows by 1 234 B; FLASH overflows by 1 B");
  for (const char* other : {"", "region `", "region `RAM' overflowed by ",
                            "region `RAM' overflowed by many bytes", "undefined reference to `f'"})
    EXPECT_TRUE(parse_overflows(other).empty()) << other;
}

TEST(FindToolchain, SaysWhatIsMissing) {
  const auto missing = find_toolchain("no-such-compiler", arm_family);
  ASSERT_FALSE(missing);
  EXPECT_EQ(text(missing.error()), "there is no compiler 'no-such-compiler'");
  EXPECT_EQ(exit_code(missing.error()), 5);
  const auto host = find_toolchain("/bin/true", arm_family);
  ASSERT_FALSE(host);
  EXPECT_NE(text(host.error()).find("is it a GCC?"), std::string::npos) << text(host.error());
}

}  // namespace
}  // namespace assay
