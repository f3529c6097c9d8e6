// Kernel by kernel: an image of one layer is built, weighed and run twice.
//
// The bytes of a kernel's own file depend on the compiler and its flags alone, so that those of any
// model are their sum; what the library adds is kept function by function, because kernels share
// them. The second inference finds code in the caches, so that the difference is what a first use
// costs more. Not handled: the linker's gaps between sections, a few bytes an image.
#include "bench/sizes.h"

#include <algorithm>

#include "measure/build_cache.h"
#include "measure/measure.h"
#include "util/hash.h"
#include "util/json.h"

namespace assay {
namespace {

/// An image with what it weighs and what its run says.
struct Weighed {
  Footprint footprint;
  std::vector<std::pair<std::string, int64_t>> library;
  int64_t invoke_bytes = 0, layer_bytes = 0;  ///< the latter: of the first layer's function
  int64_t total_cycles = 0, layer_cycles = 0, cold_cycles = 0, stack_bytes = 0;
};

/// Functions of the output section .libc, each up to where the next begins: its bytes in all.
std::vector<std::pair<std::string, int64_t>> library_of(const ElfFile& elf) {
  std::vector<std::pair<std::string, int64_t>> found;
  for (const ElfSection& section : elf.sections) {
    if (section.name != ".libc" && section.name != ".libc_data") continue;
    std::vector<const ElfSymbol*> inside;
    for (const ElfSymbol& symbol : elf.symbols)
      // The linker script's own numbers (__stack_reserve) are no places.
      if (symbol.address - section.address < section.bytes && !symbol.name.starts_with('$') &&
          !symbol.name.starts_with("__stack_"))
        if (inside.empty() || inside.back()->address != symbol.address) inside.push_back(&symbol);
    for (size_t i = 0; i < inside.size(); ++i) {
      const int64_t end =
          i + 1 < inside.size() ? inside[i + 1]->address : section.address + section.bytes;
      const int64_t begin = i == 0 ? section.address : inside[i]->address;
      found.emplace_back(inside[i]->name, end - begin);
    }
  }
  return found;
}

/// The run's numbers are kept: [total, layers, cold, stack].
Result<std::vector<int64_t>> run_numbers(const SizesRequest& request, const PlainImage& plain,
                                         const Image& image, const ElfFile& elf) {
  const std::string key =
      hash_hex(program_identity() + hash_hex(image.elf) + request.target.file_text +
               request.core.file_text + std::string(request.emulator.name));
  if (const auto known = request.cache.get("sizes", key)) {
    const Result<Json> json =
        Json::parse({reinterpret_cast<const char*>(known->data()), known->size()});
    std::vector<int64_t> numbers;
    for (size_t i = 0; json && i < json->size(); ++i)
      numbers.push_back(static_cast<int64_t>(json->at(i).number()));
    if (numbers.size() == 4) return numbers;
  }
  const RunRequest run = run_request(elf, plain.program, request.target, request.core,
                                     {plain.input, plain.input}, {.cancelled = request.cancelled});
  const RunFacts facts = TRY(in(request.emulator.run(run), "image"));
  int64_t layers = 0, deepest = 0;
  for (const Counts& counts : facts.first.layers) layers += counts.cycles;
  for (const int64_t bytes : facts.first.layer_stack_bytes) deepest = std::max(deepest, bytes);
  const int64_t cold = facts.first.total.cycles - facts.inferences.back().cycles;
  const std::vector<int64_t> numbers = {facts.first.total.cycles, layers,
                                        std::max<int64_t>(cold, 0),
                                        facts.no_stack.empty() ? facts.stack_bytes - deepest : 0};
  Json list = Json::array();
  for (const int64_t number : numbers) list.push(number);
  const std::string text = list.dump();
  request.cache.put("sizes", key, std::as_bytes(std::span(text)));
  return numbers;
}

/// Nothing if the image does not fit the target.
Result<std::optional<Weighed>> weigh(const SizesRequest& request, const PlainImage& plain) {
  BuildOptions how;
  how.cancelled = request.cancelled;
  const Image image =
      TRY(build_cached(request.cache, plain.program, request.target, request.toolchain, how, {}));
  if (!image.overflows.empty()) return std::optional<Weighed>();
  const ElfFile elf = TRY(in(read_elf(image.elf), "image"));
  Weighed weighed;
  weighed.footprint = TRY(footprint(elf, request.target));
  weighed.library = library_of(elf);
  weighed.invoke_bytes = weighed.footprint.model_code_bytes;
  for (const LayerSymbol& layer : plain.program.layers)
    if (const ElfSymbol* symbol = elf.find_function(layer.symbol)) {
      weighed.layer_bytes = symbol->bytes;
      weighed.invoke_bytes -= symbol->bytes;
    }
  const std::vector<int64_t> numbers = TRY(run_numbers(request, plain, image, elf));
  weighed.total_cycles = numbers[0];
  weighed.layer_cycles = numbers[1];
  weighed.cold_cycles = numbers[2];
  weighed.stack_bytes = numbers[3];
  return std::optional(std::move(weighed));
}

}  // namespace

Result<std::vector<KernelSize>> kernel_sizes(const SizesRequest& request) {
  std::vector<KernelSize> sizes;
  const std::vector<PlainImage> images = TRY(plain_images(request.target));
  for (const PlainImage& image : images) {
    const std::optional<Weighed> weighed = TRY(in(weigh(request, image), "{}", image.kernel));
    if (!weighed) continue;
    sizes.push_back({image.kernel, weighed->footprint.kernels_bytes, weighed->layer_bytes,
                     weighed->footprint.data_bytes + weighed->footprint.bss_bytes,
                     weighed->cold_cycles, weighed->stack_bytes, weighed->library});
  }
  return sizes;
}

Result<ImageCost> image_cost(const SizesRequest& request, const std::vector<KernelSize>& sizes) {
  constexpr int kMany = 12;
  const PlainImage one = TRY(ladder_image(request.target, 1));
  const PlainImage many = TRY(ladder_image(request.target, kMany));
  const std::optional<Weighed> first = TRY(weigh(request, one));
  const std::optional<Weighed> last = TRY(weigh(request, many));
  if (!first || !last) return fail(ErrorKind::unsupported, "no image fits the target");
  const auto per_layer = [](int64_t a, int64_t b) {
    return static_cast<double>(b - a) / (kMany - 1);
  };
  const int64_t over_one = first->total_cycles - first->layer_cycles;
  const int64_t over_many = last->total_cycles - last->layer_cycles;
  ImageCost cost;
  cost.startup_bytes = first->footprint.startup_bytes;
  // Where kernels are shallow something else was the deepest.
  cost.stack_bytes = last->stack_bytes;
  for (const KernelSize& size : sizes)
    cost.stack_bytes = std::min(cost.stack_bytes, size.outer_stack_bytes);
  cost.layer_bytes = per_layer(first->invoke_bytes, last->invoke_bytes);
  cost.invoke_bytes = static_cast<double>(first->invoke_bytes) - cost.layer_bytes;
  cost.layer_cycles = per_layer(over_one, over_many);
  cost.cycles = std::max(static_cast<double>(over_one) - cost.layer_cycles, 0.0);
  return cost;
}

}  // namespace assay
