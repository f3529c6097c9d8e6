// power_spectrum: |X|^2 or |X| of the discrete Fourier transform of real rows, zeros behind them up
// to a power of two: [..., samples] -> [..., n / 2 + 1].
//
// The reference does the kernel's steps in the kernel's order, so that the float results agree to
// the bit; what is right is held by a test against a plain sum and by SciPy
// (tests/conformance/pipeline_test.py). Source: Press et al., Numerical Recipes, 12.3.
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "ops/elementwise.h"

namespace assay {
namespace {

using Complex = std::complex<float>;

int64_t points(const NodeView& node) { return node.attrs().integer("n", 0); }

Result<std::vector<Shape>> infer(const NodeView& node) {
  TRY_STATUS(check_arity(node, 1, 1));
  Shape out = node.input(0).shape;
  const int64_t n = points(node);
  if (n < 4 || n > 1 << 16 || !std::has_single_bit(static_cast<uint64_t>(n)))
    return fail(ErrorKind::input, "a transform of {} points, not a power of two of 4 to 65536", n);
  if (out.rank() < 1 || out.dims.back() > n)
    return fail(ErrorKind::input, "rows of {} samples in a transform of {} points",
                out.rank() < 1 ? 1 : out.dims.back(), n);
  out.dims.back() = static_cast<int32_t>(n / 2 + 1);
  return std::vector{std::move(out)};
}

/// exp(-2 pi i k / n) for k < n / 2, each rounded once.
std::vector<Complex> twiddles_of(int64_t n) {
  std::vector<Complex> made;
  for (int64_t k = 0; k < n / 2; ++k) {
    const double angle = -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
    made.emplace_back(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
  }
  return made;
}

/// As the kernel writes it: std::complex's own operator looks for NaN.
Complex product(Complex a, Complex b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

Complex by_minus_i(Complex a) { return {a.imag(), -a.real()}; }

std::vector<Complex> load(std::span<const float> row, size_t half) {
  std::vector<Complex> z(half);
  const auto sample = [&](size_t i) { return i < row.size() ? row[i] : 0.0F; };
  for (size_t i = 0, j = 0; i < half; ++i) {
    z[j] = {sample(2 * i), sample(2 * i + 1)};
    size_t bit = half >> 1;
    for (; bit > 0 && (j & bit) != 0; bit >>= 1) j ^= bit;
    j |= bit;
  }
  return z;
}

/// Two radix-2 stages at once, of spans s and 2 s.
void pass(const std::vector<Complex>& w, std::vector<Complex>& z, size_t s) {
  const size_t step = z.size() / (4 * s) * 2;
  for (size_t k = 0; k < s; ++k) {
    const Complex w1 = w[k * step], w2 = w[2 * k * step], w3 = product(w1, w2);
    for (size_t at = k; at < z.size(); at += 4 * s) {
      const Complex a = z[at], b = product(z[at + s], w2), c = product(z[at + 2 * s], w1),
                    d = product(z[at + 3 * s], w3);
      const Complex e = a + b, f = a - b, g = c + d, h = c - d;
      z[at] = e + g;
      z[at + s] = f + by_minus_i(h);
      z[at + 2 * s] = e - g;
      z[at + 3 * s] = f - by_minus_i(h);
    }
  }
}

void transform(const std::vector<Complex>& w, std::vector<Complex>& z) {
  size_t span = 1;
  if (std::countr_zero(z.size()) % 2 == 1) {
    for (size_t k = 0; k < z.size(); k += 2) {
      const Complex b = z[k + 1];
      z[k + 1] = z[k] - b;
      z[k] += b;
    }
    span = 2;
  }
  for (; span < z.size(); span *= 4) pass(w, z, span);
}

void spectrum(const std::vector<Complex>& w, const std::vector<Complex>& z, bool is_root,
              std::span<float> out) {
  const size_t half = z.size();
  const auto size = [is_root](Complex x) {
    const float power = x.real() * x.real() + x.imag() * x.imag();
    return is_root ? std::sqrt(power) : power;
  };
  out[0] = size({z[0].real() + z[0].imag(), 0});
  out[half] = size({z[0].real() - z[0].imag(), 0});
  for (size_t k = 1; k <= half / 2; ++k) {
    const Complex a = z[k], b = z[half - k];
    const Complex even = {0.5F * (a.real() + b.real()), 0.5F * (a.imag() - b.imag())};
    const Complex odd = {0.5F * (a.imag() + b.imag()), 0.5F * (b.real() - a.real())};
    const Complex turned = product(odd, w[k]);
    out[k] = size(even + turned);
    out[half - k] = size(even - turned);
  }
}

void reference(const NodeView& node, const Buffers& buffers, Semantics) {
  const auto half = static_cast<size_t>(points(node) / 2);
  const auto depth = static_cast<size_t>(node.input(0).shape.dims.back());
  const std::vector<Complex> w = twiddles_of(points(node));
  const bool is_root = node.attrs().integer("is_root", 0) != 0;
  const auto in = buffers.in<float>(0);
  const auto out = buffers.out<float>();
  for (size_t row = 0; row < out.size() / (half + 1); ++row) {
    std::vector<Complex> z = load(in.subspan(row * depth, depth), half);
    transform(w, z);
    spectrum(w, z, is_root, out.subspan(row * (half + 1), half + 1));
  }
}

std::string unsupported(const NodeView& node) {
  const Dtype from = node.input(0).dtype, to = node.output().dtype;
  if (from != Dtype::f32 || to != Dtype::f32) return unsupported_types(from, to, "f32");
  if (node.input(0).shape.elements() == 0) return "input has no elements";
  return "";
}

/// Three complex products and eight additions for each four elements of each second stage, then
/// the split.
Work work(const NodeView& node) {
  const int64_t half = points(node) / 2;
  const int64_t rows = node.output().shape.elements() / (half + 1);
  const int64_t stages = std::countr_zero(static_cast<uint64_t>(half));
  return {.ops = rows * (half * stages * 5 + half * 10),
          .read_bytes = node.input(0).bytes() + rows * half * 2 * stages,
          .write_bytes = node.output().bytes()};
}

KernelCall lower(const NodeView& node, const LowerOptions&) {
  const int64_t n = points(node);
  std::vector<float> twiddles;
  for (const Complex w : twiddles_of(n)) {
    twiddles.push_back(w.real());
    twiddles.push_back(w.imag());
  }
  KernelCall call;
  call.kernel = "power_spectrum_f32";
  call.params = {{"rows", node.output().shape.elements() / (n / 2 + 1)},
                 {"depth", int64_t{node.input(0).shape.dims.back()}},
                 {"n", n},
                 {"is_root", node.attrs().integer("is_root", 0)},
                 {"twiddles", std::string("twiddles")}};
  call.constants = {make_constant("twiddles", Dtype::f32, twiddles, false)};
  call.inputs = {0};
  call.takes_scratch = true;
  call.scratch_bytes = n * static_cast<int64_t>(sizeof(float));
  call.needs_libm = true;
  return call;
}

}  // namespace

extern const OpDef power_spectrum_op = {
    .name = "power_spectrum",
    .summary = "|X|^2 or |X| of the Fourier transform of real rows",
    .types = "f32",
    .tflite = {},
    .infer = infer,
    .unsupported = unsupported,
    .work = work,
    .reference = reference,
    .lower = lower,
};

}  // namespace assay
