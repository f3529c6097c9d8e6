#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "ops/op.h"
#include "test_graphs.h"

namespace assay {
namespace {

TEST(Ops, AreFoundByNameAndByOpcode) {
  ASSERT_FALSE(all_ops().empty());
  for (const OpDef* op : all_ops()) {
    EXPECT_EQ(find_op(op->name), op);
    if (op->tflite.opcode >= 0) {  // others are of other formats
      EXPECT_EQ(find_tflite_op(op->tflite.opcode), op);
    }
  }
  EXPECT_EQ(find_op("no such"), nullptr);
  EXPECT_EQ(find_tflite_op(-1), nullptr);
  EXPECT_EQ(find_tflite_op(100000), nullptr);
}

TEST(Ops, AreComplete) {
  std::set<std::string_view> names;
  for (const OpDef* op : all_ops()) {
    SCOPED_TRACE(op->name);
    EXPECT_TRUE(names.insert(op->name).second);
    EXPECT_FALSE(op->summary.empty());
    EXPECT_FALSE(op->types.empty());
    EXPECT_TRUE(op->infer && op->unsupported && op->work && op->reference && op->lower);
    // A table's fields have numbers; a custom operator's, whose options are a map, only names.
    const bool numbered = op->tflite.options != 0;
    std::set<int> fields;
    std::set<std::string_view> attrs;
    for (const TfliteField& field : op->tflite.fields) {
      EXPECT_TRUE(attrs.insert(field.attr).second) << field.attr;
      EXPECT_TRUE(!numbered || fields.insert(field.id).second) << field.attr;
    }
  }
}

TEST(Unsupported, ListsEveryReasonInNodeOrder) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 4}, quant(0.5F));
  const TensorId mystery = b.node("FANCY", {x}, Dtype::s8, {1, 4}, quant(0.5F));
  const TensorId fine = b.node("relu", {mystery}, Dtype::s8, {1, 4}, quant(0.5F));
  const TensorId wide = b.node("relu", {fine}, Dtype::s16, {1, 4}, quant(0.5F));
  const TensorId newer = b.node("relu", {fine}, Dtype::s8, {1, 4}, quant(0.5F));
  b.parts.nodes.back().version = 9;
  const TensorId odd = b.node("relu", {fine}, Dtype::s8, {1, 4}, quant(0.5F));
  b.parts.nodes.back().trouble = "its options are of another operator";
  const Graph graph = b.build({wide, newer, odd});
  const std::vector<Unsupported> reasons = unsupported(graph);
  ASSERT_EQ(reasons.size(), 4U);
  EXPECT_EQ(reasons[0].op, "FANCY");
  EXPECT_EQ(reasons[0].reason, "no such operator here");
  EXPECT_EQ(reasons[1].node, 2);
  EXPECT_EQ(reasons[1].reason, "types s8 -> s16 are not supported, only s8 and f32");
  EXPECT_EQ(reasons[2].reason, "version 9 of RELU, known up to version 3");
  EXPECT_EQ(reasons[3].reason, "its options are of another operator");
}

TEST(Unsupported, ListsTheWholeModelsReasonsFirst) {
  GraphBuilder b;
  const Quantisation q = quant(0.5F);
  const TensorId nothing = b.input(Dtype::s8, {0, 4}, q);
  const TensorId x = b.input(Dtype::s8, {4}, q);
  const TensorId fixed = b.constant<int8_t>(Dtype::s8, {1}, {3}, q);
  const TensorId state = b.tensor(Dtype::s8, {4}, q, "hidden");
  b.parts.tensors.back().is_variable = true;
  const TensorId sum = b.node("add", {x, state}, Dtype::s8, {4}, q);
  const TensorId empty = b.node("relu", {nothing}, Dtype::s8, {0, 4}, q);
  const Graph graph = b.build({sum, empty, fixed, state, x});
  std::vector<std::string> lines;
  for (const Unsupported& each : unsupported(graph))
    lines.push_back(fmt::format("{} {} {}", each.node, each.op, each.reason));
  const std::vector<std::string> expected = {
      "-1  input 0 (0x4 of s8) has 0 bytes", "-1  output 2 is a constant",
      "-1  output 3 is state ('hidden'), which no node makes"};
  EXPECT_EQ(lines, expected);
}

TEST(Unsupported, WantsInputs) {
  GraphBuilder b;
  const TensorId x = b.constant<int8_t>(Dtype::s8, {1}, {3}, quant(0.5F));
  const Graph graph = b.build({b.node("relu", {x}, Dtype::s8, {1}, quant(0.5F))});
  ASSERT_EQ(unsupported(graph).size(), 1U);
  EXPECT_EQ(unsupported(graph)[0].node, -1);
  EXPECT_EQ(unsupported(graph)[0].reason, "the model has no inputs");
}

TEST(CheckShapes, NamesTheNodeThatDisagreesWithTheFile) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 4}, quant(0.5F));
  const TensorId y = b.node("relu", {x}, Dtype::s8, {1, 4}, quant(0.5F));
  const TensorId z = b.node("relu", {y}, Dtype::s8, {1, 5}, quant(0.5F));
  const Graph graph = b.build({z});
  const Status status = check_shapes(graph);
  ASSERT_FALSE(status);
  EXPECT_EQ(text(status.error()),
            "node 1 (relu): output 0 is 1x5 in the file, but its inputs make it 1x4");
}

TEST(CheckShapes, TakesScalarsOfRankOneAndUnknownOperators) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1}, quant(0.5F));
  const TensorId y = b.node("relu", {x}, Dtype::s8, {}, quant(0.5F));
  const TensorId z = b.node("FANCY", {y}, Dtype::s8, {7}, quant(0.5F));
  const Graph graph = b.build({z});
  EXPECT_TRUE(check_shapes(graph));
}

}  // namespace
}  // namespace assay
