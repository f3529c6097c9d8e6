#include <gtest/gtest.h>

#include "estimate/draw.h"
#include "estimate/energy.h"
#include "estimate/order.h"
#include "estimate/totals.h"
#include "test_graphs.h"

namespace assay {
namespace {

std::vector<KernelCall> calls_for(const Graph& graph) {
  std::vector<KernelCall> calls(graph.nodes().size());
  for (KernelCall& call : calls) call.kernel = "k";  // no views
  return calls;
}

/// Operators that we do not know never work in place, which keeps the sums plain.
Graph chain() {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 100}, quant(1), "x");
  const TensorId y = b.node("some_op", {x}, Dtype::s8, {1, 40}, quant(1));
  const TensorId z = b.node("some_op", {y}, Dtype::s8, {1, 100}, quant(1));
  return b.build({z});
}

/// Two branches: the file runs both wide halves before their narrow ends.
Graph branches() {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 10}, quant(1), "x");
  const TensorId wide_a = b.node("some_op", {x}, Dtype::s8, {1, 1000}, quant(1));
  const TensorId wide_b = b.node("some_op", {x}, Dtype::s8, {1, 1000}, quant(1));
  const TensorId end_a = b.node("some_op", {wide_a}, Dtype::s8, {1, 10}, quant(1));
  const TensorId end_b = b.node("some_op", {wide_b}, Dtype::s8, {1, 10}, quant(1));
  return b.build({b.node("some_op", {end_a, end_b}, Dtype::s8, {1, 10}, quant(1))});
}

TEST(Plan, AChainReusesItsBytes) {
  const Graph graph = chain();
  const MemoryPlan plan = plan_memory(graph, calls_for(graph));
  EXPECT_EQ(plan.arena_bytes, 140);
  EXPECT_EQ(plan.lower_bound_bytes, 140);
  EXPECT_EQ(plan.live_bytes, (std::vector<int64_t>{140, 140}));
  EXPECT_EQ(plan.method.substr(0, 10), "file order");
}

TEST(Plan, VariablesStandFirstAndShareNothing) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 100}, quant(1), "x");
  const TensorId kept = b.tensor(Dtype::s8, {1, 50}, quant(1), "kept");
  b.parts.tensors.back().is_variable = true;
  const TensorId y = b.node("some_op", {x}, Dtype::s8, {1, 50}, quant(1));
  const TensorId old = b.node("some_op", {kept, y}, Dtype::s8, {1, 60}, quant(1));
  b.node_to("some_op", {kept, y}, {kept});
  const Graph graph = b.build({b.node("some_op", {old}, Dtype::s8, {1, 100}, quant(1))});
  const MemoryPlan plan = plan_memory(graph, calls_for(graph));
  EXPECT_EQ(plan.offset[static_cast<size_t>(kept)], 0);
  EXPECT_EQ(plan.state_bytes, 56);
  EXPECT_EQ(plan.live_bytes, (std::vector<int64_t>{200, 160, 160, 210}));
  for (size_t t = 0; t < plan.offset.size(); ++t)
    if (static_cast<TensorId>(t) != kept) {
      EXPECT_GE(plan.offset[t], 56) << t;
    }
}

TEST(Plan, ScratchLivesDuringItsNodeOnly) {
  const Graph graph = chain();
  std::vector<KernelCall> calls = calls_for(graph);
  calls[1].scratch_bytes = 24;
  const MemoryPlan plan = plan_memory(graph, calls);
  EXPECT_EQ(plan.live_bytes, (std::vector<int64_t>{140, 164}));
  EXPECT_EQ(plan.scratch_offset[0], -1);
  EXPECT_EQ(plan.scratch_offset[1] % 8, 0);
  EXPECT_EQ(plan.peak_step, 1);
}

TEST(Plan, TheOrderSearchRunsOneBranchAfterTheOther) {
  const Graph graph = branches();
  const MemoryPlan plan = plan_memory(graph, calls_for(graph));
  EXPECT_EQ(plan.method.substr(0, 11), "beam search");
  EXPECT_EQ(plan.order, (std::vector<int>{0, 2, 1, 3, 4}));
  EXPECT_LT(plan.arena_bytes, 1100);
  EXPECT_NE(describe_peak(graph, plan).find("sets the peak of"), std::string::npos);
}

TEST(Plan, EveryOrderRunsNodesAfterTheirInputs) {
  const Graph graph = branches();
  for (const ExecutionOrder& order : candidate_orders(graph, calls_for(graph))) {
    std::vector<bool> made(graph.tensors().size());
    for (const TensorId id : graph.inputs()) made[static_cast<size_t>(id)] = true;
    EXPECT_EQ(order.nodes.size(), graph.nodes().size());
    for (const int node : order.nodes) {
      for (const TensorId id : graph.nodes()[static_cast<size_t>(node)].inputs)
        EXPECT_TRUE(made[static_cast<size_t>(id)]);
      for (const TensorId id : graph.nodes()[static_cast<size_t>(node)].outputs)
        made[static_cast<size_t>(id)] = true;
    }
  }
}

TEST(Plan, InPlaceOnlyWhereTheInputDies) {
  GraphBuilder b;
  const TensorId x = b.input(Dtype::s8, {1, 64}, quant(1), "x");
  const TensorId y = b.node("relu", {x}, Dtype::s8, {1, 64}, quant(1));
  const TensorId z = b.node("relu", {y}, Dtype::s8, {1, 64}, quant(1));
  const Graph dies = b.build({z});
  EXPECT_EQ(plan_memory(dies, calls_for(dies)).arena_bytes, 64);

  GraphBuilder c;
  const TensorId u = c.input(Dtype::s8, {1, 64}, quant(1), "u");
  const TensorId v = c.node("relu", {u}, Dtype::s8, {1, 64}, quant(1));
  const TensorId w = c.node("some_op", {u, v}, Dtype::s8, {1, 64}, quant(1));
  const Graph lives = c.build({w});
  const MemoryPlan plan = plan_memory(lives, calls_for(lives));
  EXPECT_NE(plan.offset[static_cast<size_t>(u)], plan.offset[static_cast<size_t>(v)]);
  EXPECT_EQ(plan.arena_bytes, 192);
}

TEST(Plan, TheSameGraphGivesTheSamePlan) {
  const Graph graph = branches();
  const MemoryPlan a = plan_memory(graph, calls_for(graph)),
                   b = plan_memory(graph, calls_for(graph));
  EXPECT_EQ(a.offset, b.offset);
  EXPECT_EQ(a.order, b.order);
}

TEST(Draw, ShowsBuffersAndThePeak) {
  const Graph graph = chain();
  EXPECT_EQ(draw_arena(graph, plan_memory(graph, calls_for(graph)), 14),
            "    0 some_op  aaaabbbbbbbbbb        140 B  <- peak\n"
            "    1 some_op  aaaacccccccccc        140 B\n");
}

TEST(Energy, OnlyFromACurrentAtTheVeryClock) {
  Target target;
  target.clock_hz = 120'000'000;
  target.voltage_v = 3.0;
  target.run_currents = {{80'000'000, 3.0, 10, 0, 0, "typical", "somewhere"}};
  EXPECT_EQ(run_power(target).reason, "the target file has no run current at its clock");
  target.run_currents.push_back({120'000'000, 1.8, 20, 0, 0, "at another voltage", "somewhere"});
  EXPECT_DOUBLE_EQ(run_power(target).watts, 0.036);
  target.run_currents.push_back({120'000'000, 3.0, 25, 0, 0, "LDO", "somewhere"});
  EXPECT_DOUBLE_EQ(run_power(target).watts, 0.075);
  EXPECT_FALSE(energy_uj(Figure::none("not run"), run_power(target)));
}

TEST(Energy, TheIntervalIsThatOfPublishedBuildsAndNeverEmpty) {
  Target target;
  target.clock_hz = 120'000'000;
  target.voltage_v = 3.0;
  target.run_currents = {{120'000'000, 3.0, 25, 0, 0, "LDO", "somewhere"}};
  const RunPower one = run_power(target);
  EXPECT_DOUBLE_EQ(one.low, 0.075 * 0.785);  // data/power.toml, other_build
  EXPECT_DOUBLE_EQ(one.high, 0.075 * 1.160);
  const Figure energy = energy_uj(Figure::modelled(1000, 900, 1200), one);
  EXPECT_DOUBLE_EQ(*energy.value, 75);
  EXPECT_DOUBLE_EQ(energy.low, 67.5 * 0.785);
  EXPECT_DOUBLE_EQ(energy.high, 90 * 1.160);
  target.run_currents.push_back({120'000'000, 3.0, 40, 0, 0, "another build", "somewhere"});
  EXPECT_DOUBLE_EQ(run_power(target).watts, 0.0975);
  EXPECT_DOUBLE_EQ(run_power(target).high, 0.12);  // the source that is further off
  target.run_currents = {{120'000'000, 3.0, 25, 24, 26, "on this very board", "trace"}};
  EXPECT_DOUBLE_EQ(run_power(target).low, 0.075 * 0.796);  // other_work
  EXPECT_DOUBLE_EQ(run_power(target).high, 0.075 * 1.080);
}

TEST(Energy, DutyCycle) {
  Target target;
  target.voltage_v = 2;
  const Figure latency = Figure::modelled(100'000, 90'000, 110'000);
  const Figure energy = Figure::modelled(500, 400, 600);
  const Duty duty{.period_s = 1, .battery_ah = 0.1, .battery_v = 3, .sleep_a = 10e-6};
  const DutyRecord row = duty_cycle(latency, energy, target, duty);
  EXPECT_DOUBLE_EQ(row.inferences_power_uw.number(), 500);
  EXPECT_DOUBLE_EQ(row.average_power_uw.number(), 500 + 20 * 0.9);
  EXPECT_DOUBLE_EQ(row.battery_life_h.number(), 0.3e6 / 518);
  EXPECT_LT(row.battery_life_h.low, row.battery_life_h.number());
  EXPECT_GT(row.battery_life_h.high, row.battery_life_h.number());
  EXPECT_EQ(row.battery, "100 mAh at 3 V");
  const DutyRecord unknown = duty_cycle(latency, energy, target, {.period_s = 1});
  EXPECT_EQ(unknown.average_power_uw.reason,
            "the target file has no sleep current: say --sleep 5uA");
  EXPECT_DOUBLE_EQ(unknown.inferences_power_uw.number(), 500);
  EXPECT_NE(duty_cycle(latency, energy, target, {.period_s = 0.05})
                .average_power_uw.reason.find("longer than the 0.05 s"),
            std::string::npos);
  target.sleep_currents = {{2, 100, "standby", "somewhere"}};
  EXPECT_DOUBLE_EQ(duty_cycle(latency, energy, target, {.period_s = 1}).average_power_uw.number(),
                   500 + 200 * 0.9);
}

}  // namespace
}  // namespace assay
