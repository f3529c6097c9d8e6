// Runs many small models: with the host's references, or as generated C in the emulator.
//
//     graph_runner reference LIST              LIST: a line "MODEL tflm" or "MODEL litert" each
//     graph_runner emulate TARGET BATCH LIST   BATCH: how many models share an image
//
// Beside MODEL.tflite stands MODEL.in: the inputs of each inference, one after the other.
// `reference` writes the outputs in the same way to MODEL.out. A line comes out for each model: "ok
// MODEL", "unsupported MODEL: reason", "error MODEL: reason", "differs MODEL: where".
//
// The idea of `emulate`: the sources of a batch become one program, whose input is the number of a
// model (and whether its state begins anew) and that model's inputs; so a start of compiler, linker
// and emulator serves all of them. What does not fit a part is tried in halves.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "cli/verify.h"
#include "import/importer.h"
#include "measure/measure.h"
#include "measure/toolchain.h"
#include "ops/run.h"
#include "util/cache.h"
#include "util/text.h"

namespace assay {
namespace {

struct Entry {
  std::filesystem::path model;
  Semantics semantics = Semantics::tflm;
};

struct Case {
  std::filesystem::path model;
  Graph graph;
  std::vector<std::vector<Bytes>> inputs;  ///< by inference, by input of the model
  std::vector<Bytes> expected;             ///< by inference, outputs one after the other
};

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes whole;
  for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

void say(std::string_view verdict, const std::filesystem::path& model, std::string_view why = "") {
  std::cout << verdict << ' ' << model.string() << (why.empty() ? "" : ": ") << why << std::endl;
}

std::vector<Entry> read_list(const char* file) {
  std::vector<Entry> entries;
  std::ifstream list(file);
  for (std::string model, semantics; list >> model >> semantics;)
    entries.push_back({model, semantics == "litert" ? Semantics::litert : Semantics::tflm});
  return entries;
}

/// Several inferences of one file; inputs of no bytes are one inference.
std::vector<std::vector<Bytes>> inputs_of(const Graph& graph, const Bytes& bytes) {
  size_t whole = 0, at = 0;
  for (const TensorId id : graph.inputs()) whole += static_cast<size_t>(graph.tensor(id).bytes());
  std::vector<std::vector<Bytes>> inferences;
  do {
    std::vector<Bytes>& inference = inferences.emplace_back();
    for (const TensorId id : graph.inputs()) {
      const auto size = std::min(static_cast<size_t>(graph.tensor(id).bytes()), bytes.size() - at);
      inference.emplace_back(bytes.begin() + static_cast<ptrdiff_t>(at),
                             bytes.begin() + static_cast<ptrdiff_t>(at + size));
      at += size;
    }
  } while (whole > 0 && at < bytes.size());
  return inferences;
}

/// Nothing, with a line, if it cannot be run.
std::optional<Case> load(const Entry& entry) {
  Result<Graph> graph = load_model(entry.model);
  if (!graph) return say("error", entry.model, text(graph.error())), std::nullopt;
  if (const auto reasons = unsupported(*graph); !reasons.empty())
    return say("unsupported", entry.model, reasons[0].op + ": " + reasons[0].reason), std::nullopt;
  std::filesystem::path file = entry.model;
  std::ifstream stream(file.replace_extension(".in"), std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(content));
  Case made{entry.model, std::move(*graph), {}, {}};
  made.inputs = inputs_of(made.graph, {bytes.begin(), bytes.end()});
  State state = initial_state(made.graph);
  for (const std::vector<Bytes>& inference : made.inputs) {
    Result<std::vector<Bytes>> outputs =
        run_reference(made.graph, inference, entry.semantics, &state);
    if (!outputs) return say("error", entry.model, text(outputs.error())), std::nullopt;
    made.expected.push_back(joined(*outputs));
  }
  return made;
}

int reference(const char* list) {
  for (const Entry& entry : read_list(list)) {
    const std::optional<Case> made = load(entry);
    if (!made) continue;
    std::filesystem::path file = entry.model;
    const Bytes outputs = joined(made->expected);
    std::ofstream(file.replace_extension(".out"), std::ios::binary)
        .write(reinterpret_cast<const char*>(outputs.data()),
               static_cast<std::streamsize>(outputs.size()));
    say("ok", entry.model);
  }
  return 0;
}

size_t most_bytes(std::span<const Case* const> cases, bool of_inputs) {
  size_t most = 1;
  for (const Case* each : cases)
    most = std::max(most, of_inputs ? joined(each->inputs[0]).size() : each->expected[0].size());
  return (most + 15) / 16 * 16;
}

/// What copies inputs, runs a model and copies its outputs.
std::string runner_text(std::span<const Case* const> cases, const std::vector<Program>& programs) {
  std::string made =
      "__attribute__((noinline)) void graphs_run(uint8_t *arena) {\n"
      "  uint8_t *in = arena + 4, *out = arena + GRAPHS_OUT, *work = arena + GRAPHS_WORK;\n"
      "  uint32_t number;\n  memcpy(&number, arena, 4);\n"
      "  switch (number & 0xffffu) {\n";
  for (size_t i = 0; i < cases.size(); ++i) {
    const Graph& graph = cases[i]->graph;
    const std::string& name = programs[i].name;
    made += fmt::format("  case {}:\n", i);
    for (size_t k = 0, at = 0; k < graph.inputs().size(); ++k) {
      const int64_t bytes = graph.tensor(graph.inputs()[k]).bytes();
      made += fmt::format("    memcpy({}_input(work, {}), in + {}, {});\n", name, k, at, bytes);
      at += static_cast<size_t>(bytes);
    }
    if (!graph.state().empty())
      made += fmt::format("    if (number >> 16) {}_reset(work);\n", name);
    made += fmt::format("    {}_invoke(work);\n", name);
    for (size_t k = 0, at = 0; k < graph.outputs().size(); ++k) {
      const int64_t bytes = graph.tensor(graph.outputs()[k]).bytes();
      made += fmt::format("    memcpy(out + {}, {}_output(work, {}), {});\n", at, name, k, bytes);
      at += static_cast<size_t>(bytes);
    }
    made += "    break;\n";
  }
  return made + "  default:\n    break;\n  }\n}\n";
}

Program merged(std::span<const Case* const> cases, const std::vector<Program>& programs) {
  Program whole;
  whole.runtime = "aot";
  whole.name = "graphs";
  whole.header = "graphs.h";
  whole.invoke_symbol = "graphs_invoke";
  whole.cflags = {"-O2"};
  whole.layers = {{0, "graphs_run", 0}};
  const size_t in = 16 + most_bytes(cases, true), out = most_bytes(cases, false);
  std::map<std::string, std::string> kernels;
  std::string source = "#include \"graphs.h\"\n#include <stdint.h>\n#include <string.h>\n";
  for (const Program& program : programs) {
    whole.plan.arena_bytes = std::max(whole.plan.arena_bytes, program.plan.arena_bytes);
    whole.needs_libm |= program.needs_libm;
    for (const SourceFile& file : program.sources)
      if (file.name == program.name + ".c")
        source += file.text;
      else
        kernels[file.name] = file.text;
  }
  whole.plan.arena_bytes += static_cast<int64_t>(in + out);
  source += fmt::format("#define GRAPHS_OUT {}\n#define GRAPHS_WORK {}\n", in, in + out);
  source += runner_text(cases, programs);
  source +=
      "void *graphs_input(void *arena, int index) { return (void)index, arena; }\n"
      "void *graphs_output(void *arena, int index) {\n"
      "  return (void)index, (uint8_t *)arena + GRAPHS_OUT;\n}\n"
      "void graphs_invoke(void *arena) { graphs_run((uint8_t *)arena); }\n";
  whole.sources = {
      {"graphs.h",
       fmt::format(
           "#define GRAPHS_ARENA_BYTES {0}\n#define GRAPHS_INPUTS 1\n"
           "#define GRAPHS_INPUT_0_BYTES {1}\n#define GRAPHS_INPUT_BYTES {1}\n"
           "#define GRAPHS_OUTPUTS 1\n#define GRAPHS_OUTPUT_0_BYTES {2}\n"
           "#define GRAPHS_OUTPUT_BYTES {2}\nvoid *graphs_input(void *arena, int index);\n"
           "void *graphs_output(void *arena, int index);\nvoid graphs_invoke(void *arena);\n",
           whole.plan.arena_bytes, in, out)},
      {"graphs.c", source}};
  for (auto& [name, content] : kernels) whole.sources.push_back({name, content});
  return whole;
}

struct Board {
  Target target;
  CoreTiming core;
  Toolchain toolchain;
  const Emulator* emulator = nullptr;
  Cache objects;
};

Result<Board> board_of(const char* name) {
  Target target = TRY(load_target(name));
  CoreTiming core = TRY(core_on(target));
  Toolchain toolchain = TRY(find_toolchain("", isa_family(target.isa)));
  const Emulator* emulator = TRY(choose_emulator(core, target));
  return Board{std::move(target), std::move(core), std::move(toolchain), emulator, Cache(true)};
}

/// Outputs of each inference of each case, one after the other; nothing if the image is too large.
Result<std::optional<std::vector<Bytes>>> outputs_on(const Board& board,
                                                     std::span<const Case* const> cases,
                                                     const std::vector<Program>& programs) {
  const Program program = merged(cases, programs);
  std::string folder = (std::filesystem::temp_directory_path() / "assay-graphs-XXXXXX").string();
  if (!mkdtemp(folder.data())) return fail(ErrorKind::environment, "no temporary folder");
  BuildOptions how;
  how.objects = &board.objects;
  const Result<Image> image = build_image(program, board.target, board.toolchain, how, folder);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  if (!image) return std::unexpected(image.error());
  if (!image->overflows.empty()) return std::optional<std::vector<Bytes>>();
  const ElfFile elf = TRY(read_elf(image->elf));
  std::vector<Bytes> inputs;
  for (uint32_t i = 0; i < cases.size(); ++i)
    for (const std::vector<Bytes>& inference : cases[i]->inputs) {
      const uint32_t first = &inference == cases[i]->inputs.data() ? 1U << 16 : 0;  // resets state
      const uint32_t asked = i | first;
      const auto number = std::as_bytes(std::span(&asked, 1));
      Bytes& input = inputs.emplace_back(number.begin(), number.end());
      const Bytes payload = joined(inference);
      input.insert(input.end(), payload.begin(), payload.end());
      input.resize(16 + most_bytes(cases, true));
    }
  RunFacts facts =
      TRY(board.emulator->run(run_request(elf, program, board.target, board.core, inputs, {})));
  return std::optional(std::move(facts.outputs));
}

void emulate(const Board& board, std::span<const Case* const> cases) {
  std::vector<Program> programs;
  for (size_t i = 0; i < cases.size(); ++i) {
    EmitOptions options;
    options.lower.isa.dsp = board.target.dsp;
    options.name = fmt::format("graph{}", i);
    Result<Program> program = all_runtimes()[0]->emit(cases[i]->graph, options);
    if (!program) return say("error", cases[i]->model, text(program.error()));
    programs.push_back(std::move(*program));
  }
  const auto outputs = outputs_on(board, cases, programs);
  if ((!outputs || !*outputs) && cases.size() > 1) {
    emulate(board, cases.first(cases.size() / 2));
    return emulate(board, cases.subspan(cases.size() / 2));
  }
  if (!outputs) return say("error", cases[0]->model, text(outputs.error()));
  if (!*outputs) return say("unsupported", cases[0]->model, "does not fit " + board.target.name);
  size_t at = 0;
  for (const Case* each : cases) {
    std::vector<Bytes> got;
    for (const Bytes& expected : each->expected)
      if (Bytes& output = got.emplace_back((**outputs).at(at++)); output.size() > expected.size())
        output.resize(expected.size());
    const auto difference = compare_outputs(each->graph, each->expected, got);
    say(difference ? "differs" : "ok", each->model, difference ? difference->what : "");
  }
}

int emulate(const char* target, int batch, const char* list) {
  const Result<Board> board = board_of(target);
  if (!board) return std::cerr << text(board.error()) << '\n', 1;
  std::vector<Case> loaded;
  for (const Entry& entry : read_list(list))
    if (std::optional<Case> made = load({entry.model, Semantics::tflm}))
      loaded.push_back(std::move(*made));
  std::vector<const Case*> cases;
  for (const Case& each : loaded) cases.push_back(&each);
  for (std::span<const Case* const> rest = cases; !rest.empty();) {
    const size_t some = std::min<size_t>(rest.size(), static_cast<size_t>(std::max(batch, 1)));
    emulate(*board, rest.first(some));
    rest = rest.subspan(some);
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "reference" && argc == 3) return assay::reference(argv[2]);
  if (mode == "emulate" && argc == 5) return assay::emulate(argv[2], std::atoi(argv[3]), argv[4]);
  std::cerr << "graph_runner reference LIST | emulate TARGET BATCH LIST\n";
  return 2;
}
