// The `aot` runtime: our own ahead-of-time C generator.
//
// Makes NAME.h, NAME.c and a copy of the kernels that the model uses. Each layer is a function of
// its own that the compiler may not inline: an emulator or a debugger sees where a layer begins by
// its address alone, without a marker in the code. Sizes `size` and `balanced` compile each kernel
// once and pass shapes as parameters; `speed` includes the kernels into NAME.c as always-inline
// functions, so that the constant parameters of each layer specialise them.
//
// The generated code uses no heap, no recursion, no libc beyond memcpy and memset (and libm where a
// float kernel needs it), and is re-entrant: all state is in the arena that the caller gives.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "emit/aot_deployment.h"
#include "emit/c_writer.h"
#include "emit/program.h"
#include "estimate/totals.h"
#include "ops/control.h"
#include "ops/made_code.h"
#include "ops/op.h"
#include "util/embedded.h"
#include "util/text.h"

namespace assay {
namespace {

struct Writer;

/// One node on its way into C.
struct Layer {
  int node = 0;
  int position = 0;  ///< in the order the layers run
  KernelCall call;
  std::map<std::string, std::string> symbols;  ///< constant's name in the call -> C symbol
  std::vector<Writer> bodies = {};             ///< graphs that it runs (if, while)
};

struct Writer {
  const Graph& graph;
  const EmitOptions& options;
  Program program;
  std::vector<Layer> layers;
  std::map<std::tuple<Dtype, std::string_view, std::string>, std::string>
      symbol_of;  ///< space, bytes -> symbol: equal arrays are one
  std::string arrays;

  bool specialised() const { return options.lower.optimize == Optimize::speed; }
  std::string upper() const {
    std::string text = program.name;
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }
};

const Node& node_of(const Writer& w, const Layer& layer) {
  return w.graph.nodes()[static_cast<size_t>(layer.node)];
}

std::string layer_symbol(const Writer& w, const Layer& layer) {
  return fmt::format("{}_layer_{:02}_{}", w.program.name, layer.position, node_of(w, layer).op);
}

/// Kernels know that what their parameters point to is in flash; an input may be anywhere.
constexpr std::string_view kInFlash = "ASSAY_FLASH ", kAnywhere = {};

std::string place_constant(Writer& w, Layer& layer, const Constant& constant,
                           std::string_view space) {
  const std::span<const std::byte> bytes = constant.bytes();
  const std::string content(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto [at, fresh] = w.symbol_of.try_emplace({constant.dtype, space, content});
  if (fresh) {
    at->second = fmt::format("{}_{:02}_{}", w.program.name, layer.position, constant.name);
    w.arrays += c_array(at->second, constant, space) + "\n";
    w.program.constants.push_back(
        {at->second, constant.is_weight, static_cast<int64_t>(bytes.size()), layer.node});
  }
  return at->second;
}

std::string pointer(const Writer& w, TensorId id, bool writes) {
  const Tensor& tensor = w.graph.tensor(id);
  return fmt::format("({}{} *)(arena + {})", writes ? "" : "const ", c_type(tensor.dtype),
                     w.program.plan.offset[static_cast<size_t>(id)]);
}

/// Input `i` of a node, or output `i` of a body, wherever it stands.
std::string source(Writer& w, Layer& layer, TensorId id, const std::string& name) {
  const Tensor& tensor = w.graph.tensor(id);
  if (!tensor.is_constant) return pointer(w, id, false);
  return place_constant(w, layer, {name, tensor.dtype, {}, tensor.data, true}, kAnywhere);
}

/// A pointer for each argument of the kernel, in its order.
std::string arguments(Writer& w, Layer& layer, const KernelCall& call, const std::string& params) {
  const Node& node = node_of(w, layer);
  std::vector<std::string> args;
  if (!call.params.empty())
    args.push_back(w.specialised()
                       ? "&" + params
                       : fmt::format("ASSAY_PARAMS(assay_{}, {})", call.kernel, params));
  for (const int i : call.inputs)
    args.push_back(
        source(w, layer, node.inputs[static_cast<size_t>(i)], fmt::format("input_{}", i)));
  for (const int i : call.outputs)
    args.push_back(pointer(w, node.outputs[static_cast<size_t>(i)], true));
  if (call.takes_scratch) {
    const int64_t at = w.program.plan.scratch_offset[static_cast<size_t>(layer.node)];
    args.push_back(fmt::format("arena + {}", std::max<int64_t>(at, 0)));
  }
  return fmt::format("{}", fmt::join(args, ", "));
}

std::string param_text(const Layer& layer, const Param& param) {
  if (const auto* integer = std::get_if<int64_t>(&param.value)) return c_literal(*integer);
  if (const auto* real = std::get_if<float>(&param.value)) return c_literal(*real);
  const std::string& constant = std::get<std::string>(param.value);
  return constant.empty() ? "0" : layer.symbols.at(constant);
}

/// Constants and parameters of one call; the call itself is added to `body`. A node's further
/// calls are numbered from 1.
std::string call_text(Writer& w, Layer& layer, const KernelCall& call, size_t number,
                      std::string& body) {
  const std::string suffix = number == 0 ? "" : fmt::format("_{}", number);
  for (const Constant& constant : call.constants) {
    Constant named = constant;
    named.name += suffix;
    layer.symbols[constant.name] = place_constant(w, layer, named, kInFlash);
  }
  const std::string params = fmt::format("{}_{:02}{}", w.program.name, layer.position, suffix);
  std::string made;
  if (const MadeCode code = made_code({w.graph, node_of(w, layer)}, call); !code.text.empty()) {
    const std::string symbol = fmt::format("{}_{}", params, code.name);
    layer.symbols[code.name] = symbol;
    for (const char c : code.text) made += c == '@' ? symbol : std::string(1, c);
  }
  if (!call.params.empty()) {
    made += fmt::format("static const {}struct assay_{} {} = {{\n",
                        w.specialised() ? kAnywhere : kInFlash, call.kernel, params);
    for (const Param& param : call.params)
      made += fmt::format("  {}, /* {} */\n", param_text(layer, param), param.name);
    made += "};\n";
  }
  body += fmt::format("  assay_{}({});\n", call.kernel, arguments(w, layer, call, params));
  return made;
}

std::string layer_text(Writer& w, Layer& layer);

std::string copy_text(const std::string& to, const std::string& from, int64_t bytes) {
  return bytes == 0 ? "" : fmt::format("    memcpy({}, {}, {});\n", to, from, bytes);
}

/// A body's layers and the function that runs them, in an arena of its own within the node's
/// scratch.
std::string body_text(Writer& body) {
  std::string made, calls;
  for (Layer& layer : body.layers) {
    made += layer_text(body, layer);
    if (!layer.call.kernel.empty())
      calls += fmt::format("  {}(arena);\n", layer_symbol(body, layer));
  }
  return made + fmt::format("static ASSAY_NOINLINE void {}(uint8_t *arena) {{\n{}}}\n\n",
                            body.program.name, calls.empty() ? "  (void)arena;\n" : calls);
}

/// Hands tensors of the node to a body and runs it.
std::string enter_text(Writer& w, Layer& layer, const Writer& body,
                       const std::vector<TensorId>& arguments) {
  std::string made;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const TensorId id = body.graph.inputs()[i];
    made += copy_text(fmt::format("body + {}", body.program.plan.offset[static_cast<size_t>(id)]),
                      source(w, layer, arguments[i], fmt::format("argument_{}", i)),
                      body.graph.tensor(id).bytes());
  }
  return made + fmt::format("    {}(body);\n", body.program.name);
}

/// Output `i` of a body that has run.
std::string result_text(Writer& body, size_t i) {
  const TensorId id = body.graph.outputs()[i];
  if (!body.graph.tensor(id).is_constant)
    return fmt::format("body + {}", body.program.plan.offset[static_cast<size_t>(id)]);
  Layer nowhere;
  nowhere.node = -1;
  nowhere.position = static_cast<int>(body.layers.size());
  return source(body, nowhere, id, fmt::format("output_{}", i));
}

/// Hands a body's outputs to the node.
std::string leave_text(Writer& w, Writer& body, const std::vector<TensorId>& outputs) {
  std::string made;
  for (size_t i = 0; i < outputs.size(); ++i)
    made += copy_text(pointer(w, outputs[i], true), result_text(body, i),
                      w.graph.tensor(outputs[i]).bytes());
  return made;
}

/// What if and while do, as TFLM does it: bodies have inputs and outputs of their own, and between
/// turns of a while the node's outputs hold the values.
std::string control_text(Writer& w, Layer& layer) {
  const Node& node = node_of(w, layer);
  Writer &first = layer.bodies[0], &second = layer.bodies[1];
  const int64_t scratch = w.program.plan.scratch_offset[static_cast<size_t>(layer.node)];
  std::string made = fmt::format("  uint8_t *body = arena + {};\n", std::max<int64_t>(scratch, 0));
  const auto truth = [](const std::string& at) { return "*(const uint8_t *)(" + at + ")"; };
  if (node.op == "if") {
    const std::vector<TensorId> arguments(node.inputs.begin() + 1, node.inputs.end() - 2);
    made += fmt::format("  if ({}) {{\n", truth(source(w, layer, node.inputs[0], "input_0")));
    made += enter_text(w, layer, first, arguments) + leave_text(w, first, node.outputs);
    made += "  } else {\n" + enter_text(w, layer, second, arguments) +
            leave_text(w, second, node.outputs) + "  }\n";
    return made;
  }
  for (size_t i = 0; i < node.outputs.size(); ++i)
    made += copy_text(pointer(w, node.outputs[i], true),
                      source(w, layer, node.inputs[i], fmt::format("argument_{}", i)),
                      w.graph.tensor(node.outputs[i]).bytes());
  made += "  for (;;) {\n" + enter_text(w, layer, first, node.outputs);
  made += fmt::format("    if (!{}) break;\n", truth(result_text(first, 0)));
  return made + enter_text(w, layer, second, node.outputs) + leave_text(w, second, node.outputs) +
         "  }\n";
}

/// What a body's C brings beside its functions becomes the whole's.
void take_arrays(Writer& w, int node, Writer& body) {
  w.arrays += body.arrays;
  for (ConstantSymbol constant : body.program.constants) {
    constant.node = node;
    w.program.constants.push_back(std::move(constant));
  }
}

/// Constants, parameters and the function of one layer. A view of its input has no code.
std::string layer_text(Writer& w, Layer& layer) {
  const Node& node = node_of(w, layer);
  const Tensor& out = w.graph.tensor(node.outputs[0]);
  const std::string title = fmt::format("/* {:2} {} -> {} {} '{}'", layer.position, node.op,
                                        name(out.dtype), text(out.shape), c_comment(out.name));
  if (layer.call.kernel.empty()) return title + ": the same bytes as its input */\n\n";
  std::string made = title + " */\n";
  std::string body;
  for (Writer& each : layer.bodies) made += body_text(each);
  if (layer.bodies.empty())
    made += call_text(w, layer, layer.call, 0, body);
  else
    body = control_text(w, layer);
  for (Writer& each : layer.bodies) take_arrays(w, layer.node, each);
  for (size_t i = 0; i < layer.call.then.size(); ++i)
    made += call_text(w, layer, layer.call.then[i], i + 1, body);
  return made + fmt::format("static ASSAY_NOINLINE void {}(uint8_t *arena) {{\n{}}}\n\n",
                            layer_symbol(w, layer), body);
}

/// The kernels that layers and their bodies call, as files.
void want_kernels(const std::vector<Layer>& layers, std::vector<std::string>& open) {
  const auto want = [&open](const KernelCall& call) {
    if (!call.kernel.empty()) open.insert(open.end(), {call.kernel + ".h", call.kernel + ".c"});
  };
  for (const Layer& layer : layers) {
    for (const Writer& body : layer.bodies) want_kernels(body.layers, open);
    if (!layer.bodies.empty()) continue;
    want(layer.call);
    std::ranges::for_each(layer.call.then, want);
  }
}

/// The files of kernels/ that a set of kernels needs: theirs, and what those include.
Result<std::set<std::string>> kernel_files(const std::vector<Layer>& layers) {
  std::set<std::string> files;
  std::vector<std::string> open;
  want_kernels(layers, open);
  while (!open.empty()) {
    const std::string file = open.back();
    open.pop_back();
    if (!files.insert(file).second) continue;
    const EmbeddedFile* found = find_embedded("kernels/" + file);
    if (!found) return fail(ErrorKind::internal, "kernel file '{}' is not in this build", file);
    static constexpr std::string_view kInclude = "#include \"";
    for (size_t at = found->text.find(kInclude); at != std::string_view::npos;
         at = found->text.find(kInclude, at + 1)) {
      const size_t begin = at + kInclude.size();
      open.emplace_back(found->text.substr(begin, found->text.find('"', begin) - begin));
    }
  }
  return files;
}

std::string banner(const Writer& w, std::string_view what) {
  return fmt::format("/* {} of model '{}', made by assay {} (aot, {}). Do not edit. */\n", what,
                     c_comment(w.graph.name()), ASSAY_VERSION, name(w.options.lower.optimize));
}

/// Size, type and quantisation of each input or output as macros: "KWS_INPUT_0_SCALE".
std::string tensor_macros(const Writer& w, std::string_view kind,
                          const std::vector<TensorId>& ids) {
  const std::string upper = w.upper();
  int64_t total = 0;
  std::string made = fmt::format("#define {}_{}S {}\n", upper, kind, ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    const Tensor& tensor = w.graph.tensor(ids[i]);
    const std::string prefix = fmt::format("{}_{}_{}", upper, kind, i);
    total += tensor.bytes();
    made += fmt::format("\n/* '{}': {} {}{} */\n#define {}_BYTES {}\n#define {}_ELEMENTS {}\n",
                        c_comment(tensor.name), name(tensor.dtype), text(tensor.shape),
                        tensor.quant.empty() ? "" : "; real = SCALE * (q - ZERO_POINT)", prefix,
                        tensor.bytes(), prefix, tensor.shape.elements());
    if (!tensor.quant.empty())
      made += fmt::format("#define {}_SCALE {}\n#define {}_ZERO_POINT {}\n", prefix,
                          c_literal(tensor.quant.scale[0]), prefix,
                          c_literal(int64_t{tensor.quant.zero_point[0]}));
  }
  return made + fmt::format("#define {}_{}_BYTES {}\n\n", upper, kind, total);
}

/// What the application has to know of state; nothing if the model keeps none.
std::string state_declaration(const Writer& w) {
  if (w.graph.state().empty()) return "";
  return fmt::format(
      "/* The first {1}_STATE_BYTES of the arena are state that the model keeps from one inference "
      "to the\n   next: leave them be. Call {0}_reset before the first inference, and whenever a "
      "new sequence\n   begins. */\n#define {1}_STATE_BYTES {2}\nvoid {0}_reset(void "
      "*arena);\n\n",
      w.program.name, w.upper(), w.program.plan.state_bytes);
}

std::string header_text(const Writer& w) {
  const std::string upper = w.upper();
  std::string made = banner(w, "Interface");
  made += fmt::format(
      "#ifndef {0}_H\n#define {0}_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" "
      "{{\n#endif\n\n",
      upper);
  made += fmt::format(
      "/* Bytes that one inference works in, aligned to 16; inputs, outputs and scratch included. "
      "*/\n"
      "#define {}_ARENA_BYTES {}\n\n",
      upper, w.program.plan.arena_bytes);
  made += state_declaration(w);
  made +=
      tensor_macros(w, "INPUT", w.graph.inputs()) + tensor_macros(w, "OUTPUT", w.graph.outputs());
  made += fmt::format(
      "/* Where to write input `index` before, and read output `index` after, an inference. Inputs "
      "are\n"
      "   overwritten by it: write them again for the next. A null pointer for an index out of "
      "range. */\n"
      "void *{0}_input(void *arena, int index);\nvoid *{0}_output(void *arena, int index);\n\n"
      "/* One inference. Touches nothing but the arena, so several arenas may be in use at once. "
      "*/\n"
      "void {0}_invoke(void *arena);\n\n"
      "/* Compile {0}.c with -D{1}_LAYER_HOOK=my_hook to have `void my_hook(int layer)` called "
      "before each\n"
      "   of the {2} layers. */\n#define {1}_LAYERS {2}\n\n",
      w.program.name, upper, w.layers.size());
  return made + fmt::format("#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {}_H */\n", upper);
}

std::string accessor(const Writer& w, std::string_view kind, const std::vector<TensorId>& ids) {
  std::string made = fmt::format(
      "void *{}_{}(void *arena, int index) {{\n  uint8_t *base = (uint8_t *)arena;\n  switch "
      "(index) {{\n",
      w.program.name, kind);
  for (size_t i = 0; i < ids.size(); ++i)
    made += fmt::format("    case {}: return base + {};\n", i,
                        w.program.plan.offset[static_cast<size_t>(ids[i])]);
  return made + "    default: return 0;\n  }\n}\n\n";
}

/// One variable's first bytes. An array that is not of one byte is read byte by byte: where flash
/// is an address space of its own, memcpy cannot.
std::string reset_one(Writer& w, TensorId id, std::string& arrays) {
  const Tensor& tensor = w.graph.tensor(id);
  const int64_t offset = w.program.plan.offset[static_cast<size_t>(id)];
  if (const auto byte = uniform_start(tensor))
    return fmt::format("  memset(base + {}, {}, {}); /* '{}' */\n", offset,
                       std::to_integer<int>(*byte), tensor.bytes(), c_comment(tensor.name));
  const std::string symbol = fmt::format("{}_start_{}", w.program.name, id);
  arrays += c_array(symbol, {symbol, Dtype::u8, {}, tensor.data, false}, kInFlash) + "\n";
  w.program.constants.push_back({symbol, false, tensor.bytes(), -1});
  return fmt::format("  for (i = 0; i < {}; ++i) base[{} + i] = {}[i]; /* '{}' */\n",
                     tensor.bytes(), offset, symbol, c_comment(tensor.name));
}

std::string reset_text(Writer& w) {
  if (w.graph.state().empty()) return "";
  std::string arrays, body;
  for (const TensorId id : w.graph.state()) body += reset_one(w, id, arrays);
  return arrays +
         fmt::format(
             "void {}_reset(void *arena) {{\n  uint8_t *base = (uint8_t *)arena;\n{}{}}}\n\n",
             w.program.name, arrays.empty() ? "" : "  uint32_t i;\n", body);
}

std::string invoke_text(const Writer& w) {
  const std::string upper = w.upper();
  std::string made = fmt::format(
      "#ifdef {0}_LAYER_HOOK\n#ifdef __cplusplus\nextern \"C\"\n#endif\nvoid {0}_LAYER_HOOK(int "
      "layer);\n"
      "#define {0}_LAYER(i) {0}_LAYER_HOOK(i)\n#else\n#define {0}_LAYER(i) ((void)0)\n#endif\n\n"
      "void {1}_invoke(void *arena) {{\n",
      upper, w.program.name);
  for (const Layer& layer : w.layers)
    if (!layer.call.kernel.empty())
      made += fmt::format("  {}_LAYER({});\n  {}((uint8_t *)arena);\n", upper, layer.position,
                          layer_symbol(w, layer));
  if (made.ends_with("{\n")) made += "  (void)arena;\n";
  return made + "}\n";
}

std::string source_text(Writer& w, const std::set<std::string>& kernels) {
  std::string layers;
  for (Layer& layer : w.layers) layers += layer_text(w, layer);
  std::string made =
      banner(w, "Implementation") + fmt::format("#include \"{}\"\n\n", w.program.header);
  // An always-inline kernel sees its parameters as constants and is compiled for that shape alone.
  if (w.specialised())
    made +=
        "#if defined(__GNUC__)\n#define ASSAY_KERNEL static inline __attribute__((always_inline))\n"
        "#else\n#define ASSAY_KERNEL static inline\n#endif\n";
  if (std::ranges::any_of(w.layers, [](const Layer& layer) { return !layer.bodies.empty(); }))
    made += "#include <string.h>\n";
  for (const std::string& file : kernels)
    if (file.ends_with(w.specialised() ? ".c" : ".h"))
      made += fmt::format("#include \"{}\"\n",
                          w.specialised() ? file.substr(0, file.size() - 2) + ".inc" : file);
  made +=
      "\n#if defined(__GNUC__)\n#define ASSAY_ALIGNED __attribute__((aligned(4)))\n"
      "#define ASSAY_NOINLINE __attribute__((noinline))\n#else\n#define ASSAY_ALIGNED\n#define "
      "ASSAY_NOINLINE\n#endif\n\n";
  made += w.arrays + layers;
  made += reset_text(w);
  return made + accessor(w, "input", w.graph.inputs()) + accessor(w, "output", w.graph.outputs()) +
         invoke_text(w);
}

/// Kernels as they stand in kernels/; an included .c is named .inc so that no build compiles it.
void add_kernels(Writer& w, const std::set<std::string>& files) {
  for (const std::string& file : files) {
    const bool included = w.specialised() && file.ends_with(".c");
    w.program.sources.push_back({included ? file.substr(0, file.size() - 2) + ".inc" : file,
                                 std::string(find_embedded("kernels/" + file)->text)});
  }
}

/// The C identifier that prefixes symbols and files. Names whose files would be taken for a
/// kernel's, the firmware's, the example's or the C library's get an ending.
std::string program_name(std::string_view wanted) {
  static constexpr std::string_view kTaken[] = {
      "assert",  "complex", "ctype",  "errno",  "fenv",   "float",  "inttypes", "iso646",
      "limits",  "locale",  "math",   "setjmp", "signal", "stdarg", "stdbool",  "stddef",
      "stdint",  "stdio",   "stdlib", "string", "tgmath", "time",   "wchar",    "wctype",
      "example", "install", "test",   "all",    "clean",  "help",   "package"};
  std::string name = c_identifier(wanted);
  bool taken = std::ranges::find(kTaken, name) != std::end(kTaken) || name.starts_with("assay");
  for (const char* folder : {"kernels/", "firmware/"})
    for (const char* ending : {".c", ".h"})
      taken |= find_embedded(folder + name + ending) != nullptr;
  return taken ? name + "_model" : name;
}

std::vector<std::string> compiler_flags(Optimize optimize) {
  switch (optimize) {
    case Optimize::size:
      return {"-Os"};
    case Optimize::balanced:
      return {"-O2"};
    case Optimize::speed:
      return {"-O3"};
  }
  return {};
}

/// Lowers and plans the graph and those that its nodes run.
void plan(Writer& w) {
  std::vector<KernelCall> calls = lower_for_plan(w.graph, w.options.lower, {});
  w.program.plan = plan_memory(w.graph, calls);
  for (const int node : w.program.plan.order) {
    Layer& layer = w.layers.emplace_back();
    layer.node = node;
    layer.position = static_cast<int>(w.layers.size()) - 1;
    layer.call = std::move(calls[static_cast<size_t>(node)]);
    for (const Graph* body : bodies_of({w.graph, node_of(w, layer)})) {
      const bool first = layer.bodies.empty(), branches = node_of(w, layer).op == "if";
      Writer& inner = layer.bodies.emplace_back(Writer{*body, w.options, {}, {}, {}, {}});
      inner.program.name =
          fmt::format("{}_{:02}_{}", w.program.name, layer.position,
                      branches ? (first ? "then" : "else") : (first ? "cond" : "body"));
      plan(inner);
    }
  }
}

Status check(const Graph& graph) {
  const std::vector<Unsupported> reasons = unsupported(graph);
  if (reasons.empty()) return {};
  return fail(ErrorKind::unsupported, "{} of {} nodes cannot be run here; the first: {}: {}",
              reasons.size(), graph.nodes().size(),
              reasons[0].node < 0 ? "the model"
                                  : fmt::format("node {} ({})", reasons[0].node, reasons[0].op),
              reasons[0].reason);
}

Result<Program> emit(const Graph& graph, const EmitOptions& options) {
  TRY_STATUS(check(graph));
  Writer w{graph, options, {}, {}, {}, {}};
  w.program.runtime = "aot";
  w.program.name = program_name(options.name.empty() ? graph.name() : options.name);
  w.program.header = w.program.name + ".h";
  w.program.invoke_symbol = w.program.name + "_invoke";
  w.program.cflags = compiler_flags(options.lower.optimize);
  plan(w);
  const std::set<std::string> kernels = TRY(kernel_files(w.layers));
  const std::string source = source_text(w, kernels);
  w.program.sources = {{w.program.header, header_text(w)}, {w.program.name + ".c", source}};
  add_kernels(w, kernels);
  for (const Layer& layer : w.layers) {
    int64_t constant_bytes = 0;
    for (const ConstantSymbol& constant : w.program.constants)
      if (constant.node == layer.node) constant_bytes += constant.bytes;
    w.program.layers.push_back(
        {layer.node, layer.call.kernel.empty() ? "" : layer_symbol(w, layer), constant_bytes});
    w.program.needs_libm |= layer.call.needs_libm;
  }
  w.program.deployment = deployment_files(w.program, graph, options);
  return std::move(w.program);
}

}  // namespace

const Runtime aot_runtime = {
    .name = "aot",
    .summary =
        "our own ahead-of-time C99: no heap, no interpreter, only the kernels the model uses",
    .emit = emit,
};

}  // namespace assay
