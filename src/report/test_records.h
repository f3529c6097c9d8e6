// Records made by hand for the tests of the pages. Numbers are invented.
#pragma once

#include "record/record.h"

namespace assay {

inline LayerRecord test_layer(int64_t index, std::string op, std::string detail, std::string shape,
                              int64_t macs, int64_t instructions, int64_t cycles, int64_t arena) {
  LayerRecord layer;
  layer.index = index;
  layer.op = std::move(op);
  layer.detail = std::move(detail);
  layer.output_shape = std::move(shape);
  layer.dtype = "int8";
  layer.macs = Figure::exact(macs);
  layer.instructions = Figure::exact(instructions);
  const double value = static_cast<double>(cycles);
  layer.cycles = Figure::modelled(value, value * 0.98, value * 1.35);
  layer.latency_us = Figure::modelled(value / 120, value * 0.98 / 120, value * 1.35 / 120);
  layer.arena_bytes = Figure::exact(arena);
  layer.load_bytes = Figure::exact(700'000);
  layer.store_bytes = Figure::exact(100'000);
  layer.bound_by = "issue";
  for (Figure* figure : {&layer.loads, &layer.stores, &layer.branches_taken, &layer.code_bytes,
                         &layer.branches_not_taken, &layer.constant_bytes, &layer.stack_bytes,
                         &layer.macs_executed, &layer.calls, &layer.mispredicted, &layer.unaligned})
    *figure = Figure::exact(100 + index);
  layer.causes = {{"mac", Figure::modelled(value / 2, value * 0.49, value)},
                  {"load", Figure::modelled(value / 4, value * 0.2, value)},
                  {"flash_fetch", Figure::modelled(value / 4, value * 0.2, value)}};
  layer.energy_uj = Figure::none("the target file has no run current");
  return layer;
}

/// Everything that a measurement on a part without a known run current gives.
inline Record test_record() {
  Record r;
  r.assay_version = "0.1.0";
  r.model = "kws.tflite";
  r.model_format = "tflite";
  r.model_hash = "00112233445566778899aabbccddeeff";
  r.target = "nucleo-l4r5zi";
  r.part = "STM32L4R5ZI";
  r.core = "cortex_m4";
  r.memory_system = "5 wait states, ART on";
  r.data_hash = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
  r.clock_hz = Figure::exact(120'000'000);
  r.runtime = "aot";
  r.optimize = "balanced";
  r.compiler = "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205";
  r.flags = "-std=c99 -Os -mcpu=cortex-m4 -mthumb -O2";
  r.emulator = "unicorn";
  r.semantics = "tflm";
  r.fits = "yes";
  r.macs = Figure::exact(904'000);
  r.parameters = Figure::exact(22'604);
  r.flash_bytes = Figure::exact(32'880);
  r.ram_bytes = Figure::exact(16'760);
  r.code_bytes = Figure::exact(8'512);
  r.constant_bytes = Figure::exact(24'368);
  r.arena_bytes = Figure::exact(16'000);
  r.arena_lower_bound_bytes = Figure::exact(16'000);
  r.static_ram_bytes = Figure::exact(132);
  r.stack_bytes = Figure::exact(628);
  r.heap_bytes = Figure::exact(0);
  r.instructions = Figure::exact(1'210'000);
  r.cycles = Figure::modelled(1'370'000, 1'342'600, 1'849'500);
  r.latency_us = Figure::modelled(11416.7, 11188.3, 15412.5);
  r.energy_uj = Figure::none("the target file has no run current");
  r.instructions_least = r.instructions_most = r.instructions;
  r.loads = Figure::exact(310'000);
  r.stores = Figure::exact(40'000);
  r.branches_taken = Figure::exact(52'000);
  r.inputs_hash = "11111111111111111111111111111111";
  r.outputs_hash = "22222222222222222222222222222222";
  r.verified = "equal to the reference (tflm) in 20 of 20 inputs";
  r.verified_inputs = Figure::exact(20);
  r.cycles_basis = "19 published runs of Cortex-M4 parts";
  for (Figure* figure : {&r.branches_not_taken, &r.macs_executed, &r.calls, &r.unaligned})
    *figure = Figure::exact(4'000);
  r.mispredicted = Figure::modelled(40, 0, 56'000);
  const auto share = [](std::string name, double cycles) {
    return Share{std::move(name), Figure::modelled(cycles, cycles * 0.98, cycles * 1.35)};
  };
  r.causes = {share("mac", 452'000), share("alu", 420'000.5), share("load", 310'000),
              share("branch_refill", 187'999.5), share("flash_data", 0.5)};
  r.warm_cycles = Figure::modelled(1'310'000, 1'283'800, 1'768'500);
  r.warm_latency_us = Figure::modelled(10916.7, 10698.3, 14737.5);
  r.warm_causes = {share("mac", 452'000), share("alu", 420'000), share("load", 310'000),
                   share("branch_refill", 128'000)};
  r.layers = {
      test_layer(0, "conv_2d", "10x4 s2x2 same", "1x25x5x64", 320'000, 410'000, 460'000, 8'490),
      test_layer(1, "depthwise_conv_2d", "3x3 same", "1x25x5x64", 72'000, 220'000, 250'000, 16'000),
      test_layer(2, "conv_2d", "1x1", "1x25x5x64", 512'000, 570'000, 640'000, 16'000),
      test_layer(3, "softmax", "", "1x12", 0, 10'000, 20'000, 24)};
  r.functions = {{"conv_2d_s8", Figure::exact(1'204), Figure::exact(980'000),
                  Figure::modelled(1'100'000, 1'078'000, 1'485'000)}};
  r.components = {
      {"flash", "weights", Figure::exact(22'604)}, {"flash", "tables", Figure::exact(1'764)},
      {"flash", "kernels", Figure::exact(6'120)},  {"flash", "model code", Figure::exact(1'412)},
      {"flash", "start-up", Figure::exact(980)},   {"flash", "other", Figure::exact(0)},
      {"ram", "arena", Figure::exact(16'000)},     {"ram", "static", Figure::exact(132)},
      {"ram", "stack (peak)", Figure::exact(628)}};
  r.regions = {{"FLASH", "flash", Figure::exact(32'880), Figure::exact(2 << 20)},
               {"SRAM1", "ram", Figure::exact(16'760), Figure::exact(192 << 10)},
               {"SRAM2", "ram", Figure::exact(0), Figure::exact(448 << 10)}};
  r.classes = {{"alu", Figure::exact(250'000)},   {"move", Figure::exact(60'000)},
               {"mul", Figure::exact(1'000)},     {"mac", Figure::exact(452'000)},
               {"load", Figure::exact(310'000)},  {"store", Figure::exact(40'000)},
               {"branch", Figure::exact(90'000)}, {"call", Figure::exact(500)},
               {"indirect", Figure::exact(400)},  {"fp_add", Figure::exact(0)},
               {"system", Figure::exact(6'100)}};
  return r;
}

/// Sets every figure that needs an image that ran to "no value" for one reason.
inline void take_run(Record& r, const std::string& reason) {
  for (Figure* figure : {&r.stack_bytes,
                         &r.heap_bytes,
                         &r.ram_bytes,
                         &r.instructions,
                         &r.cycles,
                         &r.latency_us,
                         &r.energy_uj,
                         &r.instructions_least,
                         &r.instructions_most,
                         &r.loads,
                         &r.stores,
                         &r.branches_taken,
                         &r.verified_inputs,
                         &r.branches_not_taken,
                         &r.macs_executed,
                         &r.calls,
                         &r.unaligned,
                         &r.mispredicted,
                         &r.warm_cycles,
                         &r.warm_latency_us})
    *figure = Figure::none(reason);
  r.causes.clear();
  r.warm_causes.clear();
  r.verified = "not verified: " + reason;
  r.classes.clear();
  r.functions.clear();
  for (LayerRecord& layer : r.layers) {
    layer.causes.clear();
    for (Figure* figure :
         {&layer.instructions, &layer.cycles, &layer.latency_us, &layer.energy_uj, &layer.loads,
          &layer.branches_not_taken, &layer.stores, &layer.branches_taken, &layer.stack_bytes,
          &layer.macs_executed, &layer.calls, &layer.mispredicted, &layer.unaligned})
      *figure = Figure::none(reason);
  }
}

/// The image did not link: flash is too small.
inline Record test_record_too_big() {
  Record r = test_record();
  r.target = "stm32f030-tiny";
  r.part = "STM32F030F4";
  r.core = "cortex_m0";
  r.memory_system = "1 wait state";
  r.clock_hz = Figure::exact(48'000'000);
  r.emulator.clear();
  r.fits = "no: FLASH overflows by 16 496 B, RAM by 12 664 B";
  const std::string reason = "the image does not fit: FLASH overflows by 16 496 B, RAM by 12 664 B";
  take_run(r, reason);
  for (Figure* figure : {&r.flash_bytes, &r.code_bytes, &r.static_ram_bytes})
    *figure = Figure::none(reason);
  for (LayerRecord& layer : r.layers) layer.code_bytes = Figure::none(reason);
  r.components = {{"ram", "arena", Figure::exact(16'000)}};
  r.regions = {{"FLASH", "flash", Figure::exact(32'880), Figure::exact(16 << 10)},
               {"RAM", "ram", Figure::exact(16'760), Figure::exact(4 << 10)}};
  r.troubles = {{"image", reason},
                {"timing of vfoo.f32", "not known to the core's model; 12 executed, timed as alu"}};
  return r;
}

/// No toolchain: only what the graph says.
inline Record test_record_static() {
  Record r = test_record();
  const std::string reason =
      "needs arm-none-eabi-gcc, which is not installed (Debian: apt-get install gcc-arm-none-eabi)";
  take_run(r, reason);
  r.fits = "not known: " + reason;
  r.compiler.clear();
  r.flags.clear();
  r.emulator.clear();
  for (Figure* figure : {&r.flash_bytes, &r.code_bytes, &r.static_ram_bytes})
    *figure = Figure::none(reason);
  for (LayerRecord& layer : r.layers) layer.code_bytes = Figure::none(reason);
  r.components = {{"flash", "weights", Figure::exact(22'604)},
                  {"flash", "tables", Figure::exact(1'764)},
                  {"ram", "arena", Figure::exact(16'000)}};
  for (RegionRecord& region : r.regions) region.used_bytes = Figure::none(reason);
  r.troubles = {{"image", reason}};
  return r;
}

}  // namespace assay
