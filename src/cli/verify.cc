// Whether the firmware computed what the reference computes.
#include "cli/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace assay {
namespace {

std::vector<float> floats(std::span<const std::byte> bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

/// What an output's values span: of the finite ones; an infinity must be met exactly.
class Range {
 public:
  void add(std::span<const std::byte> bytes) {
    for (const float value : floats(bytes)) {
      if (!std::isfinite(value)) continue;
      least_ = std::min(least_, static_cast<double>(value));
      most_ = std::max(most_, static_cast<double>(value));
    }
  }
  double width() const { return most_ > least_ ? most_ - least_ : 0; }

 private:
  double least_ = std::numeric_limits<double>::infinity(), most_ = -least_;
};

/// The index of the first float further off than the tolerance allows, or -1.
int64_t first_far_float(std::span<const std::byte> expected, std::span<const std::byte> got,
                        const Range& range) {
  const std::vector<float> a = floats(expected), b = floats(got);
  const double allowed = kFloatTolerance * std::max(1e-6, range.width());
  for (size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    if (same) continue;
    // A single value or a constant vector has no range: compare with its own size.
    const double size = std::abs(static_cast<double>(a[i]));
    const double off = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    const bool finite = std::isfinite(a[i]) && std::isfinite(b[i]);
    if (!finite || !(off <= std::max(allowed, kFloatTolerance * size)))
      return static_cast<int64_t>(i);
  }
  return -1;
}

int64_t first_difference(Dtype dtype, std::span<const std::byte> expected,
                         std::span<const std::byte> got, const Range& range) {
  if (dtype == Dtype::f32 && expected.size() == got.size())
    return first_far_float(expected, got, range);
  if (expected.size() != got.size()) return 0;
  const auto [at, other] = std::ranges::mismatch(expected, got);
  return at == expected.end() ? -1 : (at - expected.begin()) / std::max(1, bits(dtype) / 8);
}

/// Of each output, over all inferences: one whose values happen to lie close together is held to no
/// more than the others.
std::vector<Range> ranges_of(const Graph& graph, const std::vector<Bytes>& expected) {
  std::vector<Range> ranges(graph.outputs().size());
  for (const Bytes& whole : expected) {
    size_t at = 0;
    for (size_t k = 0; k < ranges.size(); ++k) {
      const Tensor& tensor = graph.tensor(graph.outputs()[k]);
      const auto size = static_cast<size_t>(tensor.bytes());
      if (tensor.dtype == Dtype::f32) ranges[k].add(std::span(whole).subspan(at, size));
      at += size;
    }
  }
  return ranges;
}

/// ": 0.25, not 0.5" of a float output whose bytes begin at `begin`, else "".
std::string floats_at(const Tensor& tensor, int64_t element, const Bytes& expected,
                      const Bytes& got, size_t begin) {
  if (tensor.dtype != Dtype::f32) return {};
  float right = 0, wrong = 0;
  std::memcpy(&right, &expected[begin + static_cast<size_t>(element) * sizeof right], sizeof right);
  std::memcpy(&wrong, &got[begin + static_cast<size_t>(element) * sizeof wrong], sizeof wrong);
  return fmt::format(": {:.9g}, not {:.9g}", wrong, right);
}

}  // namespace

Result<std::vector<Bytes>> reference_outputs(const Graph& graph,
                                             const std::vector<std::vector<Bytes>>& inputs,
                                             const std::function<bool()>& stop) {
  std::vector<Bytes> outputs;
  State state = initial_state(graph);
  for (const std::vector<Bytes>& each : inputs) {
    if (stop()) return fail(ErrorKind::environment, "interrupted");
    Bytes whole;
    for (const Bytes& output : TRY(run_reference(graph, each, Semantics::tflm, &state)))
      whole.insert(whole.end(), output.begin(), output.end());
    outputs.push_back(std::move(whole));
  }
  return outputs;
}

std::optional<Difference> compare_outputs(const Graph& graph, const std::vector<Bytes>& expected,
                                          const std::vector<Bytes>& got) {
  if (got.size() != expected.size())
    return Difference{
        0, fmt::format("the firmware ran {} of {} inferences", got.size(), expected.size())};
  const std::vector<Range> ranges = ranges_of(graph, expected);
  for (size_t run = 0; run < expected.size(); ++run) {
    if (got[run].size() != expected[run].size())
      return Difference{run, fmt::format("the firmware wrote {} bytes of output, not {}",
                                         got[run].size(), expected[run].size())};
    size_t at = 0;
    for (size_t k = 0; k < ranges.size(); ++k) {
      const Tensor& tensor = graph.tensor(graph.outputs()[k]);
      const auto size = static_cast<size_t>(tensor.bytes());
      const int64_t element =
          first_difference(tensor.dtype, std::span(expected[run]).subspan(at, size),
                           std::span(got[run]).subspan(at, size), ranges[k]);
      if (element >= 0)
        return Difference{
            run, fmt::format("output '{}' differs from the reference at element {}{}", tensor.name,
                             element, floats_at(tensor, element, expected[run], got[run], at))};
      at += size;
    }
  }
  return {};
}

Result<std::string> first_wrong_layer(const Graph& graph, const Program& program,
                                      const Emulator& emulator, RunRequest request,
                                      const std::vector<Bytes>& inputs) {
  const auto arena = std::ranges::find(request.elf.sections, ".arena", &ElfSection::name);
  if (arena == request.elf.sections.end())
    return fail(ErrorKind::internal, "the image has no section .arena");
  std::vector<TensorId> outputs;
  for (size_t layer = 0; layer < program.layers.size(); ++layer)
    for (const TensorId id :
         graph.nodes()[static_cast<size_t>(program.layers[layer].node)].outputs) {
      if (program.layers[layer].symbol.empty() || graph.tensor(id).is_variable) continue;
      const auto offset = static_cast<uint32_t>(program.plan.offset[static_cast<size_t>(id)]);
      request.captures.push_back(
          {layer, arena->address + offset, static_cast<size_t>(graph.tensor(id).bytes())});
      outputs.push_back(id);
    }
  Bytes whole;
  for (const Bytes& input : inputs) whole.insert(whole.end(), input.begin(), input.end());
  request.inputs = {whole};
  const RunFacts facts = TRY(emulator.run(request));
  if (facts.captured.size() != request.captures.size())
    return fmt::format("in which layer {} cannot show", emulator.name);
  const std::vector<Bytes> expected = TRY(run_reference_tensors(graph, inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(outputs[i]);
    const Bytes& right = expected[static_cast<size_t>(outputs[i])];
    Range range;
    if (tensor.dtype == Dtype::f32) range.add(right);
    const int64_t element = first_difference(tensor.dtype, right, facts.captured[i], range);
    if (element < 0) continue;
    const size_t layer = request.captures[i].layer;
    return fmt::format("the first wrong layer is {} ({} '{}'), at element {}", layer,
                       graph.nodes()[static_cast<size_t>(program.layers[layer].node)].op,
                       tensor.name, element);
  }
  return std::string("every layer alone is right");
}

Result<Counts> take_second(RunFacts& facts, bool has_state) {
  if (facts.inferences.size() < 2 || facts.outputs.size() < 2)
    return fail(ErrorKind::internal, "the firmware ran no second inference");
  if (!has_state && facts.outputs[1] != facts.outputs[0])
    return fail(ErrorKind::internal,
                "the second inference gives other bytes than the first on the same input");
  Counts second = facts.inferences[1];
  facts.inferences.erase(facts.inferences.begin() + 1);
  facts.outputs.erase(facts.outputs.begin() + 1);
  return second;
}

void add_verification(Record& record, const Graph& graph, size_t inputs) {
  const bool real = std::ranges::any_of(
      graph.outputs(), [&](TensorId id) { return graph.tensor(id).dtype == Dtype::f32; });
  record.verified = fmt::format(
      "equal to the reference (tflm){} in {} of {} inputs",
      real ? fmt::format(" within {:g} of the range", kFloatTolerance) : "", inputs, inputs);
  record.verified_inputs = Figure::exact(static_cast<int64_t>(inputs));
}

}  // namespace assay
