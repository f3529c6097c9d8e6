// Runs a graph on the host with the operators' references: the truth that a firmware's outputs are
// compared against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ops/op.h"

namespace assay {

using Bytes = std::vector<std::byte>;

/// What lives from one inference to the next, by TensorId; empty for tensors that are no variables.
using State = std::vector<Bytes>;

/// The variables as they are before the first inference.
State initial_state(const Graph& graph);

/// One inference, from `state`, which is then as the inference leaves it, or from the initial state
/// if it is null. `inputs` are the graph's inputs in order, little-endian, row-major, each as long
/// as its tensor. Gives the graph's outputs in order.
/// Errors: `input` if an input's length is wrong, `unsupported` naming the first node that cannot
/// be run. The graph has passed check_shapes.
Result<std::vector<Bytes>> run_reference(const Graph& graph, std::span<const Bytes> inputs,
                                         Semantics semantics = Semantics::tflm,
                                         State* state = nullptr);

/// The same, but gives every tensor of the graph, by TensorId; constants are empty.
Result<std::vector<Bytes>> run_reference_tensors(const Graph& graph, std::span<const Bytes> inputs,
                                                 Semantics semantics = Semantics::tflm,
                                                 State* state = nullptr);

/// Made-up inputs, the same for the same seed everywhere. One generator runs through all inputs,
/// element by element: x = x * 1664525 + 1013904223 (mod 2^32), from x = seed. An element is
///   s8, u8         x >> 24
///   f32, f64, f16  the top 24 bits of x as a signed fraction: uniform in [-1, 1); f16 rounds it
///   s16, u16       x >> 16
///   other integers x >> 24, signed where the type is: small numbers, in case they are indices
///   boolean        x >> 31
/// s4 and types of unknown size stay zero.
std::vector<Bytes> seeded_inputs(const Graph& graph, uint64_t seed);

/// The seed that gives the pattern of the published baselines.
constexpr uint64_t kDefaultSeed = 12345;

}  // namespace assay
