// batch_matmul: matrices [..., rows, depth] times [..., depth, columns], batches broadcast; adj_x
// and adj_y take one of them transposed.
//
// The kernel walks both matrices by steps, so that nothing is transposed in memory. Integers have
// one scale each; their sums wrap (s8) or have 64 bits (s16), as in convolutions. Not handled:
// hybrid (float by int8), which TFLM refuses too.
// Source: tflite-micro, kernels/batch_matmul.cc, kernels/internal/reference/batch_matmul.h.
#include <algorithm>

#include "ops/arithmetic.h"
#include "ops/broadcast.h"
#include "ops/elementwise.h"
#include "ops/strided_copy.h"

namespace assay {
namespace {

/// One of the two matrices: its last two extents as the product sees them, and the steps.
struct Matrix {
  int64_t outer = 0, inner = 0;  ///< rows and depth of the first; depth and columns of the second
  int64_t outer_step = 0, inner_step = 0;
};

Matrix matrix(const NodeView& n, int input) {
  const Shape& shape = n.input(input).shape;
  const int64_t height = shape[shape.rank() - 2], width = shape[shape.rank() - 1];
  const bool adjoint = n.attrs().integer(input == 0 ? "adj_x" : "adj_y", 0) != 0;
  return adjoint ? Matrix{width, height, 1, width} : Matrix{height, width, width, 1};
}

/// Extent of a batch axis counted from the last of them; 1 where the shape has none.
int64_t batch_extent(const Shape& shape, int back) {
  return back + 2 < shape.rank() ? shape[shape.rank() - 3 - back] : 1;
}

Result<std::vector<Shape>> infer(const NodeView& n) {
  TRY_STATUS(check_arity(n, 2, 2));
  const Shape &a = n.input(0).shape, &b = n.input(1).shape;
  if (a.rank() < 2 || b.rank() < 2)
    return fail(ErrorKind::input, "inputs have rank {} and {}, need 2 at least", a.rank(),
                b.rank());
  const Matrix x = matrix(n, 0), y = matrix(n, 1);
  if (x.inner != y.outer)
    return fail(ErrorKind::input, "rows of {} cannot meet columns of {}", x.inner, y.outer);
  Shape out;
  for (int back = std::max(a.rank(), b.rank()) - 3; back >= 0; --back) {
    const int64_t of_a = batch_extent(a, back), of_b = batch_extent(b, back);
    if (of_a != of_b && of_a != 1 && of_b != 1)
      return fail(ErrorKind::input, "batches of {} and {} cannot be broadcast", text(a), text(b));
    out.dims.push_back(static_cast<int32_t>(of_a == 1 ? of_b : of_a));
  }
  out.dims.push_back(static_cast<int32_t>(x.outer));
  out.dims.push_back(static_cast<int32_t>(y.inner));
  return std::vector{out};
}

Multiplier factor(const NodeView& n) {
  const float both = n.input(0).quant.scale[0] * n.input(1).quant.scale[0];
  return quantise_multiplier(static_cast<double>(both) /
                             static_cast<double>(n.output().quant.scale[0]));
}

std::string unsupported(const NodeView& n) {
  const Dtype a = n.input(0).dtype, b = n.input(1).dtype, out = n.output().dtype;
  if (a != b || a != out || (a != Dtype::s8 && a != Dtype::s16 && a != Dtype::f32))
    return fmt::format("{} times {} gives {}; only s8, s16 and f32 throughout", name(a), name(b),
                       name(out));
  if (n.output().shape.rank() - 2 > kMostLoops)
    return fmt::format("rank {}, at most {} is supported", n.output().shape.rank(), kMostLoops + 2);
  if (n.input(0).shape.elements() == 0 || n.input(1).shape.elements() == 0)
    return "an empty matrix";
  if (a == Dtype::f32) return {};
  for (const Tensor* tensor : {&n.input(0), &n.input(1), &n.output()}) {
    if (std::string why = not_quantised_per_tensor(*tensor, "a matrix"); !why.empty()) return why;
    if (a == Dtype::s16 && tensor->quant.zero_point[0] != 0) return "s16 with a zero point";
  }
  const Multiplier by = factor(n);
  if (by.shift == kShiftOfNoNumber) return "scales call for a factor beyond all numbers";
  if (by.shift > (a == Dtype::s16 ? 7 : kMaxLeftShift))
    return fmt::format("scales call for a factor of about 2^{}", by.shift);
  return {};
}

/// Model: two elements read for each product.
Work work(const NodeView& n) {
  const int64_t macs = saturating_product(n.output().shape.elements(), matrix(n, 0).inner);
  const int64_t element_bytes = std::max(bits(n.input(0).dtype) / 8, 1);
  return {.macs = macs,
          .ops = n.output().shape.elements(),
          .read_bytes = saturating_product(macs, 2 * element_bytes),
          .write_bytes = n.output().bytes()};
}

/// Loops [count, step of a, step of b] over the batches, outermost first.
std::vector<int32_t> batches(const NodeView& n) {
  const Shape &a = n.input(0).shape, &b = n.input(1).shape;
  std::vector<int32_t> loops;
  int64_t a_step = matrix(n, 0).outer * matrix(n, 0).inner;
  int64_t b_step = matrix(n, 1).outer * matrix(n, 1).inner;
  for (int back = 0; back + 2 < n.output().shape.rank(); ++back) {
    const int64_t of_a = batch_extent(a, back), of_b = batch_extent(b, back);
    const int64_t loop[] = {std::max(of_a, of_b), of_a == 1 ? 0 : a_step, of_b == 1 ? 0 : b_step};
    std::ranges::transform(loop, std::inserter(loops, loops.begin()),
                           [](int64_t value) { return static_cast<int32_t>(value); });
    a_step *= of_a;
    b_step *= of_b;
  }
  return loops;
}

/// Each output is finish(sum of products).
template <class T, class Sum, class Finish>
void multiply(const NodeView& n, const Buffers& buffers, Sum a_zero, Sum b_zero,
              const Finish& finish) {
  const Matrix x = matrix(n, 0), y = matrix(n, 1);
  const std::span<const T> a = buffers.in<T>(0), b = buffers.in<T>(1);
  const std::span<T> out = buffers.out<T>();
  const std::vector<int32_t> loops = batches(n);
  const int64_t size = x.outer * y.inner;
  for (int64_t at = 0; at < std::ssize(out); ++at) {
    int64_t from_a = at % size / y.inner * x.outer_step, from_b = at % y.inner * y.inner_step;
    int64_t batch = at / size;
    for (size_t loop = loops.size(); loop > 0; loop -= 3) {
      const int64_t turn = batch % loops[loop - 3];
      batch /= loops[loop - 3];
      from_a += turn * loops[loop - 2];
      from_b += turn * loops[loop - 1];
    }
    Sum sum = 0;
    for (int64_t i = 0; i < x.inner; ++i)
      sum += (static_cast<Sum>(a[static_cast<size_t>(from_a + i * x.inner_step)]) - a_zero) *
             (static_cast<Sum>(b[static_cast<size_t>(from_b + i * y.outer_step)]) - b_zero);
    out[static_cast<size_t>(at)] = finish(sum);
  }
}

void reference(const NodeView& n, const Buffers& buffers, Semantics) {
  const auto zero = [&n](int i) { return static_cast<uint32_t>(n.input(i).quant.zero_point[0]); };
  if (n.input(0).dtype == Dtype::f32)
    return multiply<float>(n, buffers, 0.0F, 0.0F, [](float sum) { return sum; });
  Rescale rescale{{factor(n)}, 0, n.output().quant.zero_point[0], {-128, 127}};
  if (n.input(0).dtype == Dtype::s16) {
    rescale.clamp = {-32768, 32767};
    const FinishS16 finish{rescale, {}};
    return multiply<int16_t>(n, buffers, int64_t{0}, int64_t{0},
                             [&finish](int64_t sum) { return finish(0, sum); });
  }
  const FinishWrapping<int8_t> finish{rescale, {}};
  multiply<int8_t>(n, buffers, zero(0), zero(1),
                   [&finish](uint32_t sum) { return finish(0, sum); });
}

KernelCall lower(const NodeView& n, const LowerOptions&) {
  const Matrix x = matrix(n, 0), y = matrix(n, 1);
  const Dtype dtype = n.input(0).dtype;
  const std::vector<int32_t> loops = batches(n);
  KernelCall call;
  call.kernel = fmt::format("batch_matmul_{}", name(dtype));
  call.inputs = {0, 1};
  call.params = {{"rows", x.outer},       {"columns", y.inner},     {"depth", x.inner},
                 {"a_row", x.outer_step}, {"a_step", x.inner_step}, {"b_column", y.inner_step},
                 {"b_step", y.outer_step}};
  if (dtype == Dtype::s8)
    call.params.insert(call.params.end(), {{"a_zp", n.input(0).quant.zero_point[0]},
                                           {"b_zp", n.input(1).quant.zero_point[0]},
                                           {"out_zp", n.output().quant.zero_point[0]}});
  call.params.push_back({"rank", std::ssize(loops) / 3});
  if (dtype != Dtype::f32) {
    const Multiplier by = dtype == Dtype::s16 ? for_64_bits(factor(n)) : factor(n);
    call.params.push_back({"rescale", "rescale"});
    call.constants.push_back(
        make_constant("rescale", Dtype::s32, std::vector<int32_t>{by.value, by.shift}, false));
  }
  call.params.push_back({"loops", std::string(loops.empty() ? "" : "loops")});
  if (!loops.empty()) call.constants.push_back(make_constant("loops", Dtype::s32, loops, false));
  return call;
}

}  // namespace

extern const OpDef batch_matmul_op = {
    .name = "batch_matmul",
    .summary = "products of matrices, batches broadcast, either transposed",
    .types = "s8 s16 f32",
    .tflite = {.name = "BATCH_MATMUL",
               .opcode = 126,
               .options = 101,
               .max_version = 4,
               .fields = {{"adj_x", 0, TfliteField::boolean}, {"adj_y", 1, TfliteField::boolean}}},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
