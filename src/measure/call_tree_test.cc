// Who called whom: calls, returns, tail calls, exceptions, switched threads.
#include "measure/call_tree.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(CallTree, ReturnsToTheCallerWhoseAddressItIs) {
  CallTree tree;
  tree.begin(0);
  tree.call(1, 0x100);
  tree.call(2, 0x200);
  EXPECT_EQ(tree.function(), 2);
  EXPECT_TRUE(tree.jump(0x200));
  EXPECT_EQ(tree.function(), 1);
  EXPECT_FALSE(tree.jump(0x300));
  EXPECT_TRUE(tree.jump(0x100));
  EXPECT_EQ(tree.function(), 0);
}

TEST(CallTree, DropsAllFramesThatALongJumpLeaves) {
  CallTree tree;
  tree.begin(0);
  tree.call(1, 0x100);
  tree.call(2, 0x200);
  tree.call(3, 0x300);
  EXPECT_TRUE(tree.jump(0x100));
  EXPECT_EQ(tree.function(), 0);
  EXPECT_TRUE(tree.is_root());
}

TEST(CallTree, MakesATailCallASibling) {
  CallTree tree;
  tree.begin(0);
  tree.call(1, 0x100);
  tree.tail_call(2);
  EXPECT_EQ(tree.function(), 2);
  EXPECT_EQ(tree.nodes()[static_cast<size_t>(tree.node())].parent, 1);  // as function 0's callee
  EXPECT_TRUE(tree.jump(0x100));
  EXPECT_EQ(tree.function(), 0);
}

TEST(CallTree, KeepsATailCallBelowItsCallerWhereAsked) {
  CallTree tree;
  tree.begin(0);
  tree.call(1, 0x100);
  const int caller = tree.node();
  tree.tail_call(2, true);
  EXPECT_EQ(tree.nodes()[static_cast<size_t>(tree.node())].parent, caller);
  EXPECT_TRUE(tree.jump(0x100));
  EXPECT_EQ(tree.function(), 0);
}

TEST(CallTree, MakesNoRootOfWhatARootJumpsTo) {
  CallTree tree;
  tree.begin(0);
  tree.tail_call(1);
  EXPECT_EQ(tree.nodes()[static_cast<size_t>(tree.node())].depth, 2u);
  tree.tail_call(2);  // as 0's callee, too
  EXPECT_EQ(tree.nodes()[static_cast<size_t>(tree.node())].depth, 2u);
  const size_t nodes = tree.nodes().size();
  for (int i = 0; i < 99; ++i) tree.tail_call(i % 3);  // no path grows, and 0 is not its own callee
  EXPECT_EQ(tree.nodes().size(), nodes);
  tree.enter_exception(0x20001000, 7);
  EXPECT_EQ(tree.nodes()[static_cast<size_t>(tree.node())].depth, 1u);  // it is one
}

TEST(CallTree, SetsAsideWhatAnExceptionInterrupts) {
  CallTree tree;
  tree.begin(0);
  tree.call(1, 0x100);
  tree.enter_exception(0x20001000, 7);
  EXPECT_EQ(tree.function(), 7);
  tree.leave_exception(0x20001000, 0);
  EXPECT_EQ(tree.function(), 1);
  EXPECT_TRUE(tree.jump(0x100));
}

TEST(CallTree, FindsTheThreadThatIsReturnedTo) {
  CallTree tree;
  tree.begin(0);
  tree.call(1, 0x100);
  tree.enter_exception(0x20001000, 7);
  tree.leave_exception(0x20002000, 5);  // a thread that begins
  EXPECT_EQ(tree.function(), 5);
  tree.enter_exception(0x20002100, 7);
  tree.leave_exception(0x20001000, 0);
  EXPECT_EQ(tree.function(), 1);
}

TEST(CallTree, GoesNoDeeperThanItTellsPathsApart) {
  CallTree tree;
  tree.begin(0);
  for (uint32_t i = 0; i < 9000; ++i) tree.call(0, 0x100);
  EXPECT_EQ(tree.nodes().size(), 1025u);
  int64_t entries = 0;
  for (const CallNode& node : tree.nodes()) entries += node.entries;
  EXPECT_EQ(entries, 9001);
}

}  // namespace
}  // namespace assay
