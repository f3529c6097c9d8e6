// Whether the firmware computed what the reference computes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emit/program.h"
#include "ir/graph.h"
#include "measure/emulator.h"
#include "ops/run.h"
#include "record/record.h"

namespace assay {

/// The reference's outputs, one buffer an inference: the model's outputs one after the other.
/// State goes from each to the next. Error: environment, once `stop` says so between two
/// inferences.
Result<std::vector<Bytes>> reference_outputs(const Graph& graph,
                                             const std::vector<std::vector<Bytes>>& inputs,
                                             const std::function<bool()>& stop);

/// A difference between firmware and reference.
struct Difference {
  size_t inference = 0;
  std::string what;  ///< "output 'Identity' differs from the reference at element 9"
};

/// Integers must be equal to the byte. Floats may differ by kFloatTolerance of what the output
/// spans over all inferences, because the target's libm is not the host's. Nothing if equal.
std::optional<Difference> compare_outputs(const Graph& graph, const std::vector<Bytes>& expected,
                                          const std::vector<Bytes>& got);
constexpr double kFloatTolerance = 1e-5;

/// Runs one inference again with every layer's output kept, and names the first layer whose output
/// is not the reference's.
Result<std::string> first_wrong_layer(const Graph& graph, const Program& program,
                                      const Emulator& emulator, RunRequest request,
                                      const std::vector<Bytes>& inputs);

/// The inputs with the first given twice: the second time, caches and predictors are warm.
template <class Input>
std::vector<Input> first_twice(std::vector<Input> inputs) {
  if (inputs.empty()) return inputs;
  Input first = inputs.front();
  inputs.insert(inputs.begin(), std::move(first));
  return inputs;
}

/// Takes that second inference out of the facts, which are then of the inputs as they were, and
/// gives its counts. Error: internal, if the same input gave other bytes, unless the model has
/// state.
Result<Counts> take_second(RunFacts& facts, bool has_state);

void add_verification(Record& record, const Graph& graph, size_t inputs);

}  // namespace assay
