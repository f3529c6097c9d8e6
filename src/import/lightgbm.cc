// Reads LightGBM's text models (lgb.Booster.save_model).
//
// key=value lines: a header, then a block for each tree ("Tree=0"), up to "end of trees". A child
// is a split, or negative ~leaf. decision_type: bit 0 a set of categories, bit 1 missing goes left,
// bits 2 and 3 what is missing: nothing (NaN reads as 0), zeros, NaN.
//
// Leaves are summed as float32, LightGBM sums doubles: some 1e-7 of the sum apart. Thresholds are
// exact for float32 features. Not handled: linear leaves, cross_entropy_lambda, custom objectives'
// own links. Source: LightGBM, src/io/tree.cpp (Tree::ToString), include/LightGBM/tree.h
// (NumericalDecision, CategoricalDecision), src/boosting/gbdt_model_text.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

#include "import/importer.h"
#include "import/trees.h"

namespace assay {
namespace {

constexpr float kZero = 1e-35F;  // kZeroThreshold of include/LightGBM/meta.h
enum class Missing { none, zero, nan };

using Fields = std::map<std::string, std::string_view, std::less<>>;

bool sniff(std::span<const std::byte> head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  return text.starts_with("tree\nversion=") || text.starts_with("tree\r\nversion=");
}

/// The lines of one block up to `Tree=`, "end of trees" or the end; takes them off `text`. The
/// number behind Tree= is left in `next`.
Fields read_block(std::string_view& text, std::string_view& next) {
  Fields fields;
  next = {};
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const size_t equals = line.find('=');
    if (line.starts_with("Tree=") || line == "end of trees") {
      next = line;
      break;
    }
    fields.emplace(line.substr(0, equals),
                   equals == line.npos ? std::string_view() : line.substr(equals + 1));
  }
  return fields;
}

template <class T>
Result<T> read_number(std::string_view word) {
  T value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if constexpr (std::is_floating_point_v<T>)
    if (error == std::errc::result_out_of_range && end == word.data() + word.size())
      return std::strtod(std::string(word).c_str(), nullptr);
  if (error != std::errc() || end != word.data() + word.size())
    return fail(ErrorKind::input, "'{}' is no number", word.substr(0, 40));
  return value;
}

template <class T>
Result<std::vector<T>> numbers(const Fields& fields, std::string_view key) {
  std::vector<T> values;
  const auto found = fields.find(key);
  std::string_view text = found == fields.end() ? std::string_view() : found->second;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) values.push_back(TRY(in(read_number<T>(text.substr(0, end)), "{}", key)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return values;
}

Result<int64_t> integer(const Fields& fields, std::string_view key, int64_t least, int64_t most) {
  const auto found = fields.find(key);
  if (found == fields.end()) return fail(ErrorKind::input, "there is no line {}=", key);
  const auto value = TRY(in(read_number<int64_t>(found->second), "{}", key));
  if (value < least || value > most)
    return fail(ErrorKind::input, "{} is {}, not {} to {}", key, value, least, most);
  return value;
}

struct TreeText {
  int64_t leaves = 0;
  std::vector<int64_t> feature, decision, left, right, category_begin;
  std::vector<uint32_t> categories;
  std::vector<double> threshold, leaf;
};

Result<TreeText> read_tree(const Fields& fields) {
  TreeText tree;
  constexpr int64_t kMost = 1 << 28;
  tree.leaves = TRY(integer(fields, "num_leaves", 1, kMost));
  if (fields.contains("is_linear") && fields.at("is_linear") != "0")
    return fail(ErrorKind::unsupported,
                "its leaves are linear functions: train without linear_tree");
  tree.leaf = TRY(numbers<double>(fields, "leaf_value"));
  tree.feature = TRY(numbers<int64_t>(fields, "split_feature"));
  tree.threshold = TRY(numbers<double>(fields, "threshold"));
  tree.decision = TRY(numbers<int64_t>(fields, "decision_type"));
  tree.left = TRY(numbers<int64_t>(fields, "left_child"));
  tree.right = TRY(numbers<int64_t>(fields, "right_child"));
  tree.category_begin = TRY(numbers<int64_t>(fields, "cat_boundaries"));
  tree.categories = TRY(numbers<uint32_t>(fields, "cat_threshold"));
  const auto splits = static_cast<size_t>(tree.leaves - 1);
  const std::pair<std::string_view, size_t> sizes[] = {{"split_feature", tree.feature.size()},
                                                       {"threshold", tree.threshold.size()},
                                                       {"decision_type", tree.decision.size()},
                                                       {"left_child", tree.left.size()},
                                                       {"right_child", tree.right.size()}};
  for (const auto& [key, size] : sizes)
    if (size != splits)
      return fail(ErrorKind::input, "{} has {} numbers, {} leaves need {}", key, size, tree.leaves,
                  splits);
  if (tree.leaf.size() != splits + 1)
    return fail(ErrorKind::input, "leaf_value has {} numbers, need {}", tree.leaf.size(),
                splits + 1);
  return tree;
}

Result<std::vector<int64_t>> categories_of(const TreeText& tree, double index) {
  const std::vector<int64_t>& begins = tree.category_begin;
  const auto count = static_cast<double>(begins.size());
  if (!(index >= 0 && index + 1 < count))
    return fail(ErrorKind::input, "set {} of categories, there are {}", index, count - 1);
  const auto at = static_cast<size_t>(index);
  const auto words = static_cast<int64_t>(tree.categories.size());
  if (begins[at] < 0 || begins[at + 1] < begins[at] || begins[at + 1] > words)
    return fail(ErrorKind::input, "set {} of categories is words {} to {} of {}", at, begins[at],
                begins[at + 1], words);
  std::vector<int64_t> categories;
  for (int64_t word = begins[at]; word < begins[at + 1]; ++word)
    for (int bit = 0; bit < 32; ++bit)
      if (tree.categories[static_cast<size_t>(word)] >> bit & 1U)
        categories.push_back((word - begins[at]) * 32 + bit);
  return categories;
}

/// The bounds of x <= threshold, where numbers next to zero go the way of what is missing.
void zeros_are_missing(Split& split, float threshold) {
  const bool zero_left = split.nan_left;
  const float below = std::nextafter(-kZero, -1.0F);
  if (zero_left && threshold < kZero)
    split.bounds = threshold < below ? std::vector{threshold, below, kZero} : std::vector{kZero};
  if (!zero_left && threshold > below)
    split.bounds = threshold > kZero ? std::vector{below, kZero, threshold} : std::vector{below};
}

Result<Split> read_split(const TreeText& tree, size_t at) {
  Split split;
  split.feature = tree.feature[at];
  const int64_t decision = tree.decision[at];
  if (decision & 1) {
    split.bounds = category_bounds(TRY(categories_of(tree, tree.threshold[at])), true);
    split.first_left = false;
    split.nan_left = false;
    return split;
  }
  if (std::isnan(tree.threshold[at]))
    return fail(ErrorKind::input, "its threshold is not a number");
  const float threshold = float_at_most(tree.threshold[at]);
  split.bounds = {threshold};
  split.nan_left = (decision & 2) != 0;
  const auto missing = static_cast<Missing>(decision >> 2 & 3);
  if (missing == Missing::none) split.nan_left = 0 <= threshold;
  if (missing == Missing::zero) zeros_are_missing(split, threshold);
  return split;
}

/// Leaves are nodes behind the splits.
Result<ForeignNode> node_of(const TreeText& tree, int64_t index, double factor) {
  const int64_t splits = tree.leaves - 1;
  if (index >= splits)
    return ForeignNode{
        true, {}, {static_cast<float>(tree.leaf[static_cast<size_t>(index - splits)] * factor)}};
  const auto at = static_cast<size_t>(index);
  Split split = TRY(read_split(tree, at));
  const auto place = [&](int64_t child) { return child < 0 ? splits + ~child : child; };
  split.left = place(tree.left[at]);
  split.right = place(tree.right[at]);
  return ForeignNode{false, std::move(split), {}};
}

struct Objective {
  std::vector<Link> links;
  double factor = 1;  ///< of every leaf
  std::string note;
};

Result<Objective> read_objective(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(' '));
  Objective objective;
  const auto one_of = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
  };
  if (one_of({"binary", "multiclassova", "cross_entropy"})) objective.links = {{"logistic", {}}};
  if (one_of({"poisson", "gamma", "tweedie"})) objective.links = {{"exp", {}}};
  if (name == "multiclass") {
    objective.links = {{"softmax", {}}};
    objective.links[0].attrs.set("beta", 1.0);
  }
  if (name == "cross_entropy_lambda" || (name == "regression" && text.ends_with(" sqrt")))
    return fail(ErrorKind::unsupported, "objective {} has a link that we lack; we have {}", text,
                "identity, logistic, softmax and exp");
  if (name == "custom" || name.empty())
    objective.note = "the objective is not in the file: outputs are sums of leaves";
  constexpr std::string_view kSigmoid = "sigmoid:";
  if (const size_t at = text.find(kSigmoid); at != text.npos) {
    const std::string_view rest = text.substr(at + kSigmoid.size());
    objective.factor = TRY(in(read_number<double>(rest.substr(0, rest.find(' '))), "sigmoid"));
  }
  return objective;
}

Result<Graph> load_text(std::vector<std::byte> file, std::string name,
                        const ImportOptions& options) {
  TRY_STATUS(check_tree_options(options));
  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::string_view next;
  const Fields header = read_block(text, next);
  constexpr int64_t kMostFeatures = 1 << 20, kMostClasses = 1 << 15;
  Trees forest;
  forest.format = "lightgbm";
  forest.features = 1 + TRY(integer(header, "max_feature_idx", 0, kMostFeatures));
  const int64_t classes = TRY(integer(header, "num_tree_per_iteration", 1, kMostClasses));
  const auto wanted = header.find("objective");
  Objective objective =
      TRY(read_objective(wanted == header.end() ? std::string_view() : wanted->second));
  std::vector<TreeText> trees;
  while (next.starts_with("Tree=")) {
    const Fields block = read_block(text, next);
    trees.push_back(TRY(in(read_tree(block), "tree {}", trees.size())));
  }
  if (next != "end of trees")
    return fail(ErrorKind::input, "it ends after tree {}, before 'end of trees'",
                static_cast<int64_t>(trees.size()) - 1);
  if (trees.empty()) return fail(ErrorKind::input, "the file holds no tree");
  double factor = objective.factor;
  if (header.contains("average_output"))
    factor /= static_cast<double>((static_cast<int64_t>(trees.size()) + classes - 1) / classes);
  forest.base.assign(static_cast<size_t>(classes), 0.0F);
  for (size_t t = 0; t < trees.size(); ++t) {
    const TreeText& tree = trees[t];
    TRY_STATUS(in(add_tree(forest, 0, 2 * tree.leaves - 1, static_cast<int64_t>(t) % classes,
                           [&](int64_t index) { return node_of(tree, index, factor); }),
                  "tree {}", t));
  }
  std::vector<std::string> notes;
  if (!objective.note.empty()) notes.push_back(objective.note);
  return tree_graph(std::move(forest), std::move(objective.links), std::move(file), std::move(name),
                    std::move(notes));
}

}  // namespace

const Importer lightgbm_importer = {.name = "lightgbm", .sniff = sniff, .load = load_text};

}  // namespace assay
