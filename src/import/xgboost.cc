// Reads XGBoost's models, JSON and UBJSON (Booster.save_model): gbtree and dart.
//
// A node goes left where x < split_condition, or, categorical, where x is none of its categories;
// NaN goes by default_left. Sums are float32 from base_score on in the order of the trees, as
// XGBoost's own, up to the drop weights of dart, which are folded into the leaves.
//
// Not handled: gblinear, binary models of before 1.3 (save them again as JSON), categories that
// XGBoost recodes from names, -infinity as a feature. Source: XGBoost, doc/model.schema,
// src/tree/tree_model.cc, include/xgboost/tree_model.h, src/common/categorical.h (Decision),
// src/objective/*.cu (ProbToMargin, PredTransform).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "import/importer.h"
#include "import/trees.h"
#include "util/ubjson.h"

namespace assay {
namespace {

bool sniff(std::span<const std::byte> head) {
  std::string text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.starts_with("{L") && text.find("learner{") != text.npos) return true;
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  return text.starts_with("{\"learner\":") || text.starts_with("{\"version\":[");
}

Result<double> number(std::string_view word) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value))
    return fail(ErrorKind::input, "'{}' is no finite number", word.substr(0, 40));
  return value;
}

/// Parameters are numbers in strings.
Result<int64_t> integer(const Json& params, std::string_view key, int64_t least, int64_t most) {
  const Json found = params.at(key);
  const double value =
      found.is_number() ? found.number() : TRY(in(number(found.text()), "{}", key));
  if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)))
    return fail(ErrorKind::input, "{} is {}, not {} to {}", key, value, least, most);
  return static_cast<int64_t>(value);
}

/// "[1E0,2E0]" of newer versions, "5E-1" of older.
Result<std::vector<float>> base_scores(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<float> scores;
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    scores.push_back(static_cast<float>(TRY(in(number(rest.substr(0, end)), "base_score"))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return scores;
}

struct Objective {
  std::string_view name;
  enum Link { identity, logistic, exponential, softmax, largest } link;
};

constexpr Objective kObjectives[] = {
    {"reg:squarederror", Objective::identity},
    {"reg:linear", Objective::identity},
    {"reg:squaredlogerror", Objective::identity},
    {"reg:pseudohubererror", Objective::identity},
    {"reg:absoluteerror", Objective::identity},
    {"reg:quantileerror", Objective::identity},
    {"rank:pairwise", Objective::identity},
    {"rank:ndcg", Objective::identity},
    {"rank:map", Objective::identity},
    {"reg:logistic", Objective::logistic},
    {"binary:logistic", Objective::logistic},
    {"binary:logitraw", Objective::identity},
    {"count:poisson", Objective::exponential},
    {"reg:gamma", Objective::exponential},
    {"reg:tweedie", Objective::exponential},
    {"survival:cox", Objective::exponential},
    {"survival:aft", Objective::exponential},
    {"multi:softprob", Objective::softmax},
    {"multi:softmax", Objective::largest},
};

Result<std::vector<Link>> apply_objective(const std::string& name, std::vector<float>& base) {
  const auto found = std::ranges::find(kObjectives, name, &Objective::name);
  if (found == std::end(kObjectives))
    return fail(ErrorKind::unsupported, "objective '{}' has a link that we lack; {}", name,
                "we have identity, logistic, softmax, exp and the class of softmax");
  if (found->link == Objective::logistic)
    for (float& score : base) {
      if (!(score > 0 && score < 1))
        return fail(ErrorKind::input, "base_score {} is no probability", score);
      score = -std::log(1.0F / score - 1.0F);
    }
  if (found->link == Objective::exponential)
    for (float& score : base) {
      if (!(score > 0)) return fail(ErrorKind::input, "base_score {} is not positive", score);
      score = std::log(score);
    }
  switch (found->link) {
    case Objective::logistic:
      return std::vector<Link>{{"logistic", {}}};
    case Objective::exponential:
      return std::vector<Link>{{"exp", {}}};
    case Objective::softmax: {
      Attrs attrs;
      attrs.set("beta", 1.0);
      return std::vector<Link>{{"softmax", attrs}};
    }
    case Objective::largest:
      return std::vector<Link>{{"arg_max", {}}};
    default:
      return std::vector<Link>{};
  }
}

struct TreeJson {
  std::vector<double> left, right, feature, condition, default_left, type;
  std::vector<double> leaf_vectors;  ///< of trees with a vector a leaf
  std::vector<double> categories, category_nodes, category_begins, category_sizes;
  int64_t leaf_width = 1;
  float factor = 1;
};

Result<std::vector<double>> numbers(const Json& tree, std::string_view key) {
  const Json found = tree.at(key);
  std::vector<double> values;
  values.reserve(found.size());
  for (size_t i = 0; found.is_array() && i < found.size(); ++i) {
    const Json value = found.at(i);
    if (!value.is_number() && value.line() != "true" && value.line() != "false")
      return fail(ErrorKind::input, "{}[{}] is no number", key, i);
    values.push_back(value.is_number() ? value.number() : value.truth());
  }
  return values;
}

Result<TreeJson> read_tree(const Json& json, int64_t leaf_width, double factor) {
  TreeJson tree;
  tree.leaf_width = leaf_width;
  tree.factor = static_cast<float>(factor);
  const std::pair<std::string_view, std::vector<double>*> fields[] = {
      {"left_children", &tree.left},
      {"right_children", &tree.right},
      {"split_indices", &tree.feature},
      {"split_conditions", &tree.condition},
      {"default_left", &tree.default_left},
      {"split_type", &tree.type},
      {"leaf_weights", &tree.leaf_vectors},
      {"categories", &tree.categories},
      {"categories_nodes", &tree.category_nodes},
      {"categories_segments", &tree.category_begins},
      {"categories_sizes", &tree.category_sizes}};
  for (const auto& [key, values] : fields) *values = TRY(numbers(json, key));
  const size_t count = tree.left.size();
  if (count == 0) return fail(ErrorKind::input, "it has no left_children");
  if (tree.type.empty()) tree.type.assign(count, 0);  // before 1.4
  for (const auto& [key, values] : std::span(fields).first(6))
    if (values->size() != count)
      return fail(ErrorKind::input, "{} has {} numbers, left_children {}", key, values->size(),
                  count);
  const size_t sets = tree.category_nodes.size();
  if (tree.category_begins.size() != sets || tree.category_sizes.size() != sets)
    return fail(ErrorKind::input, "{} sets of categories have {} beginnings and {} sizes", sets,
                tree.category_begins.size(), tree.category_sizes.size());
  if (leaf_width > 1 && tree.leaf_vectors.empty())
    return fail(ErrorKind::unsupported,
                "its leaves are vectors as before XGBoost 3.1: load and save it with a newer one");
  return tree;
}

/// A number that shall be an index; -1 if it is none.
int64_t index_of(double value) {
  return value >= 0 && value < 2147483648.0 && value == std::floor(value)
             ? static_cast<int64_t>(value)
             : -1;
}

Result<std::vector<int64_t>> categories_of(const TreeJson& tree, int64_t node) {
  const auto found = std::ranges::find(tree.category_nodes, static_cast<double>(node));
  if (found == tree.category_nodes.end())
    return fail(ErrorKind::input, "it is categorical without categories");
  const auto set = static_cast<size_t>(found - tree.category_nodes.begin());
  const int64_t begin = index_of(tree.category_begins[set]);
  const int64_t size = index_of(tree.category_sizes[set]);
  if (begin < 0 || size < 0 || begin + size > static_cast<int64_t>(tree.categories.size()))
    return fail(ErrorKind::input, "its {} categories from {} on are not among the tree's {}", size,
                begin, tree.categories.size());
  std::vector<int64_t> categories;
  for (int64_t i = begin; i < begin + size; ++i) {
    const int64_t category = index_of(tree.categories[static_cast<size_t>(i)]);
    if (category < 0 || category > 1 << 24)
      return fail(ErrorKind::input, "category {} of its set is out of range", i - begin);
    categories.push_back(category);
  }
  std::ranges::sort(categories);
  const auto rest = std::ranges::unique(categories);
  categories.erase(rest.begin(), rest.end());
  return categories;
}

Result<ForeignNode> leaf_of(const TreeJson& tree, size_t at) {
  if (tree.leaf_width == 1)
    return ForeignNode{true, {}, {static_cast<float>(tree.condition[at]) * tree.factor}};
  const int64_t row = index_of(tree.right[at]);
  const auto rows = static_cast<int64_t>(tree.leaf_vectors.size()) / tree.leaf_width;
  if (row < 0 || row >= rows) return fail(ErrorKind::input, "leaf {} of {}", row, rows);
  ForeignNode leaf{true, {}, {}};
  for (int64_t k = 0; k < tree.leaf_width; ++k)
    leaf.value.push_back(
        static_cast<float>(tree.leaf_vectors[static_cast<size_t>(row * tree.leaf_width + k)]) *
        tree.factor);
  return leaf;
}

Result<ForeignNode> node_of(const TreeJson& tree, int64_t node) {
  const auto at = static_cast<size_t>(node);
  if (tree.left[at] == -1) return leaf_of(tree, at);
  Split split;
  split.feature = index_of(tree.feature[at]);
  split.left = index_of(tree.left[at]);
  split.right = index_of(tree.right[at]);
  split.nan_left = tree.default_left[at] != 0;
  if (tree.type[at] == 0)
    split.bounds = {float_below(static_cast<float>(tree.condition[at]))};
  else
    split.bounds = category_bounds(TRY(categories_of(tree, node)), false);
  return ForeignNode{false, std::move(split), {}};
}

/// The booster that holds the trees, and dart's weight of each.
struct Booster {
  Json model;
  std::vector<double> weights;
};

Result<Booster> read_booster(const Json& booster) {
  const std::string name = booster.at("name").text();
  if (name == "gbtree") return Booster{booster.at("model"), {}};
  if (name == "dart")
    return Booster{booster.at("gbtree").at("model"), TRY(numbers(booster, "weight_drop"))};
  if (name == "gblinear")
    return fail(ErrorKind::unsupported, "booster gblinear is no forest; we read gbtree and dart");
  return fail(ErrorKind::input, "booster '{}', we read gbtree and dart", name);
}

Status add_trees(Trees& forest, const Booster& booster) {
  const Json trees = booster.model.at("trees");
  const std::vector<double> info = TRY(numbers(booster.model, "tree_info"));
  if (!trees.is_array() || trees.size() == 0) return fail(ErrorKind::input, "there are no trees");
  if (info.size() != trees.size())
    return fail(ErrorKind::input, "tree_info has {} numbers for {} trees", info.size(),
                trees.size());
  if (!booster.weights.empty() && booster.weights.size() != trees.size())
    return fail(ErrorKind::input, "weight_drop has {} numbers for {} trees", booster.weights.size(),
                trees.size());
  for (size_t t = 0; t < trees.size(); ++t) {
    const Json json = trees.at(t);
    const auto outputs = static_cast<int64_t>(forest.base.size());
    const Json params = json.at("tree_param");
    if (params.has("size_leaf_vector"))
      forest.leaf_width = std::max<int64_t>(
          1, TRY(in(integer(params, "size_leaf_vector", 0, outputs), "tree {}", t)));
    const TreeJson tree =
        TRY(in(read_tree(json, forest.leaf_width, booster.weights.empty() ? 1 : booster.weights[t]),
               "tree {}", t));
    TRY_STATUS(in(add_tree(forest, 0, static_cast<int64_t>(tree.left.size()),
                           forest.leaf_width > 1 ? 0 : index_of(info[t]),
                           [&](int64_t node) { return node_of(tree, node); }),
                  "tree {}", t));
  }
  return {};
}

Result<Graph> load(std::vector<std::byte> file, std::string name, const ImportOptions& options) {
  TRY_STATUS(check_tree_options(options));
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const Json json = text.starts_with("{L") ? TRY(parse_ubjson(file)) : TRY(Json::parse(text));
  const Json learner = json.at("learner");
  const Json params = learner.at("learner_model_param");
  if (!params.is_object()) return fail(ErrorKind::input, "it has no learner_model_param");
  constexpr int64_t kMostFeatures = 1 << 20, kMostOutputs = 1 << 15;
  Trees forest;
  forest.format = "xgboost";
  forest.features = TRY(integer(params, "num_feature", 1, kMostFeatures));
  const int64_t classes = TRY(integer(params, "num_class", 0, kMostOutputs));
  const int64_t targets =
      params.has("num_target") ? TRY(integer(params, "num_target", 1, kMostOutputs)) : 1;
  forest.base = TRY(base_scores(params.at("base_score").text()));
  const auto outputs = static_cast<size_t>(std::max({classes, targets, int64_t{1}}));
  if (forest.base.size() == 1) forest.base.assign(outputs, forest.base[0]);
  if (forest.base.size() != outputs)
    return fail(ErrorKind::input, "base_score has {} numbers for {} outputs", forest.base.size(),
                outputs);
  std::vector<Link> links =
      TRY(apply_objective(learner.at("objective").at("name").text(), forest.base));
  const Booster booster = TRY(read_booster(learner.at("gradient_booster")));
  TRY_STATUS(add_trees(forest, booster));
  std::vector<std::string> notes;
  if (learner.at("attributes").has("best_iteration"))
    notes.push_back(fmt::format(
        "all trees are read; XGBoost's scikit-learn interface would stop after iteration {}",
        learner.at("attributes").at("best_iteration").text()));
  if (booster.model.at("cats").at("enc").size() > 0)
    notes.push_back("features are codes of categories; their names are not read");
  return tree_graph(std::move(forest), std::move(links), std::move(file), std::move(name),
                    std::move(notes));
}

}  // namespace

const Importer xgboost_importer = {.name = "xgboost", .sniff = sniff, .load = load};

}  // namespace assay
