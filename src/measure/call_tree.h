// Who called whom, from the blocks that run: a shadow stack for each thread of control, and the
// tree of all call paths met.
//
// A block that ends in a call makes the next one a new frame; a jump to the return address of a
// frame of the stack drops all above it; a jump to another function's code is a tail call: its
// caller's callee, or below the one that jumps if nothing called that. An exception sets the
// running stack aside until its frame in memory is returned to, so that interrupts count for
// themselves and an RTOS may switch threads. Paths are told apart up to 1 024 calls deep: what is
// called beyond counts for the path there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace assay {

struct CallNode {
  int parent = -1;
  int function = -1;    ///< of the owner's list
  size_t depth = 0;     ///< nodes above it
  int64_t entries = 0;  ///< how often it was called on this path
  std::map<int, int> children = {};
};

class CallTree {
 public:
  /// Begins at the function of the first block.
  void begin(int function);
  void call(int function, uint32_t return_address);
  /// A jump that is no call. Returns whether it was a return to a caller.
  bool jump(uint32_t to);
  /// Control is in another function than the top frame's without call or return; in its place, or
  /// below it.
  void tail_call(int function, bool below = false);
  /// An exception is taken; `frame` identifies what it interrupted.
  void enter_exception(uint64_t frame, int function);
  void leave_exception(uint64_t frame, int function_if_new);

  int node() const { return node_; }
  int function() const { return nodes_[static_cast<size_t>(node_)].function; }
  bool is_root() const { return stack_.empty(); }
  /// The thread's or handler's stack pointer where it began; the owner's to set, 0 until then.
  uint32_t& base_sp() { return base_sp_; }
  /// Where the innermost call returns to; 0 at the root.
  uint32_t return_address() const { return stack_.empty() ? 0 : stack_.back().return_address; }
  const std::vector<CallNode>& nodes() const { return nodes_; }  ///< parents before children

 private:
  struct Frame {
    uint32_t return_address = 0;
    int caller = 0;  ///< node
  };
  struct Context {
    std::vector<Frame> stack;
    int node = 0;
    uint32_t base_sp = 0;
  };
  int child(int parent, int function);
  int jumped_to(int function) const;
  int parent_of_top() const { return nodes_[static_cast<size_t>(node_)].parent; }

  std::vector<CallNode> nodes_ = {{}};  ///< the first stands for what no function called
  std::vector<Frame> stack_;
  int node_ = 0;
  uint32_t base_sp_ = 0;
  std::map<uint64_t, Context> suspended_;
};

}  // namespace assay
