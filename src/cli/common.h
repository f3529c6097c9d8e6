// What several commands ask of their arguments.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "hw/target.h"
#include "import/importer.h"
#include "ir/graph.h"
#include "ops/op.h"
#include "ops/run.h"

namespace assay {

/// --on a,b,c: each a shipped name, an alias or a path. "all": every shipped one.
Result<std::vector<Target>> targets_of(const Args& args);

/// The model that the operand `model` names, read as these options say.
inline constexpr Option kShapeOption = {
    "shape",
    "INPUT=SHAPE",
    "the shape of an input that the file leaves open: input=1x96x96x3, or 1x96x96x3 alone for the "
    "only input; may be given several times",
    Option::values,
    false,
    {},
    "none"};
inline constexpr Option kSignatureOption = {
    "signature",   "NAME", "which of the model's signatures; the first if not given",
    Option::value, false,  {},
    "none"};
/// quantised() reads them.
inline constexpr Option kQuantizeOption = {
    "quantize",    "TYPE", "make a float model one of int8 after training, by --calibrate",
    Option::value, false,  {},
    "int8"};
inline constexpr Option kCalibrateOption = {
    "calibrate", "FILE|DIR",
    "inputs that --quantize learns ranges from: rows (.csv, .npy, .npz), or a folder of inputs; "
    "without it made-up ones, which tell costs but ruin outputs"};
inline constexpr Option kClipOption = {
    "clip",
    "HOW",
    "how --quantize chooses ranges: all that was seen, without the outermost 0.01 %, or least "
    "squared error",
    Option::value,
    false,
    "minmax",
    "minmax|percentile|mse"};
/// Says what quantising lost on `terminal`.
Result<Graph> model_of(const Args& args, const std::string& file, Terminal& terminal);

/// placement_on() reads it.
inline constexpr Option kPlaceOption = {
    "place",
    "WHAT=WHERE",
    "put code, weights or the arena into flash, ram, tcm, qspi or a region by name: weights=ram; "
    "may be given several times",
    Option::values,
    false,
    {},
    "none"};

Result<Optimize> optimize_of(const Args& args);
Result<Semantics> semantics_of(const Args& args);
std::string_view name(Semantics semantics);

/// The inputs to run: each --input FILE is one inference (.npy or .bin for a model with one input,
/// .npz with an array an input, or .bin with all inputs one after the other); without, --inputs N
/// made-up ones from --seed. Each holds one buffer an input of the graph. Says on `terminal` what
/// is odd about the files: NaN, an array of another name.
Result<std::vector<std::vector<Bytes>>> inputs_of(const Args& args, const Graph& graph,
                                                  Terminal& terminal);

/// Rows of data, an inference each: .npy or .npz of one array whose rows are the model's one input,
/// or .csv of numbers (a first line of names is skipped; an empty field is NaN).
Result<std::vector<std::vector<Bytes>>> data_rows(const std::string& file, const Graph& graph);

/// Fails (input) if an array has as many axes of more than one element as the tensor, but others:
/// NHWC for NCHW. Flat arrays pass.
Status check_axes(std::span<const int64_t> array, const Tensor& tensor);

/// A file's bytes; an error does not say the path, which the caller's frame does.
Result<std::vector<std::byte>> read_named(const std::string& file);

/// One inference's inputs from a file, as --input takes them; says on `terminal`, if there is one,
/// that an array of another name was taken.
Result<std::vector<Bytes>> read_input(const Graph& graph, const std::string& file,
                                      Terminal* terminal);

/// The graph in the type that --quantize names.
Result<Graph> quantised(const Args& args, Graph graph);

/// "  node 3    conv_3d   no such operator here\n", and a line with the remedy if one is known.
std::string obstacle_text(const Unsupported& obstacle);

/// Fails with every reason on a line of its own on `terminal`, if the graph cannot be run.
Status require_supported(const Graph& graph, Terminal& terminal);

/// The tensors' names made fit for the entries of an .npz, each different.
std::vector<std::string> npz_names(const Graph& graph, const std::vector<TensorId>& ids);

/// NumPy's type string: "|i1", "<f4".
std::string npy_descr(Dtype dtype);

/// Writes text to FILE (atomically), or to the terminal if FILE is "-".
Status write_output(const std::string& file, std::string_view text, Terminal& terminal);

}  // namespace assay
