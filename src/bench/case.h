// What `assay bench` runs: cases, many to an image, each a function that may not be inlined.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "emit/program.h"
#include "estimate/kernel_work.h"
#include "hw/target.h"
#include "util/result.h"

namespace assay {

/// What a case adds up to, and what an estimator may want to know of it.
struct BenchCase {
  std::string program;  ///< "mac_s8", "conv_2d_3x3_s8": one line of the table together with
                        ///< `variant` and `memory`
  std::string group;    ///< under which heading of the page: "int8 kernels"
  std::string title;    ///< "3x3 convolutions, int8"
  std::string variant;  ///< "n 256", where sizes stand for themselves; else ""
  std::string unit;     ///< what is counted: "MAC"
  std::string memory;  ///< region of the table, the weights or what is written; "" if there is none
  std::string kernel;  ///< the function that does the work, without its prefix
  std::string detail;  ///< "16x16x8 -> 16x16x16", "n 250, offset 1"
  int64_t units = 0;
  std::vector<std::pair<std::string, double>> features;  ///< "macs", "line_fills", "n" ...
  KernelWork work;        ///< of an operator; of micro-programs nothing
  bool is_first = false;  ///< of its image to use the kernel, whose code is in no cache yet
};

/// What the firmware says about a result (firmware/bench/bench_program.h).
struct Digest {
  bool is_float = false;
  std::array<uint32_t, 2> words{};
};

/// An image to build. Its output is the digest of each case's result, in order.
struct BenchImage {
  Program program;
  std::vector<BenchCase> cases;
  std::vector<size_t> layers;  ///< by case: which of the program's layers it is
  std::vector<Digest> expected;
  std::vector<std::byte> input;
};

/// An image for its sizes alone: a kernel and nothing else, as firmware would have it.
struct PlainImage {
  std::string kernel;
  Program program;
  std::vector<std::byte> input;  ///< of one inference, made up
};

/// Cases that may share an image, in any selection.
struct BenchSuite {
  std::string name;                   ///< "int8 operators"
  std::vector<std::string> labels;    ///< by case: program and detail, for what is skipped
  std::vector<std::string> programs;  ///< by case
  std::function<Result<BenchImage>(std::span<const size_t> chosen)> image;
};

/// The micro-programs of firmware/bench/, with tables in the regions of the target.
BenchSuite micro_suite(const Target& target);

/// Single operators, by the kernels of `aot`: int8 and float32.
std::vector<BenchSuite> operator_suites(const Target& target);

/// For each kernel of the operator suites the smallest case by itself, without the digests.
Result<std::vector<PlainImage>> plain_images(const Target& target);

/// The first operator `layers` times in a row: what a layer adds.
Result<PlainImage> ladder_image(const Target& target, int layers);

/// A file of the program as built in, under its last name. Error: internal.
Result<SourceFile> embedded_source(std::string_view path);

/// Whether the firmware's digest is the host's: integers to the bit, floats to kDigestTolerance of
/// the sum of magnitudes, because the target's libm is not the host's.
bool same_digest(const Digest& expected, std::span<const std::byte> got);
constexpr double kDigestTolerance = 1e-4;

}  // namespace assay
