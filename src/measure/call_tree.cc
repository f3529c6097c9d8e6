// The shadow stack. Depth and the number of paths are bounded: beyond, calls are attributed to the
// path that made them (recursion of unbounded depth would fill memory otherwise).
#include "measure/call_tree.h"

#include <utility>

namespace assay {
namespace {

constexpr size_t kMaxNodes = 1 << 18, kMaxDepth = 1024, kMaxSuspended = 1024;

}  // namespace

int CallTree::child(int parent, int function) {
  const auto [at, is_new] = nodes_[static_cast<size_t>(parent)].children.try_emplace(function, -1);
  if (!is_new) return at->second;
  const size_t depth = nodes_[static_cast<size_t>(parent)].depth + 1;
  if (nodes_.size() >= kMaxNodes || depth > kMaxDepth) {
    nodes_[static_cast<size_t>(parent)].children.erase(at);
    return parent;
  }
  const auto made = static_cast<int>(nodes_.size());
  at->second = made;
  nodes_.push_back({parent, function, depth, 0, {}});
  return made;
}

void CallTree::begin(int function) {
  stack_.clear();
  base_sp_ = 0;
  node_ = child(0, function);
  ++nodes_[static_cast<size_t>(node_)].entries;
}

void CallTree::call(int function, uint32_t return_address) {
  if (stack_.size() >= kMaxDepth) stack_.erase(stack_.begin());
  stack_.push_back({return_address, node_});
  node_ = child(node_, function);
  ++nodes_[static_cast<size_t>(node_)].entries;
}

bool CallTree::jump(uint32_t to) {
  for (size_t i = stack_.size(); i-- > 0;) {
    if (stack_[i].return_address != to) continue;
    node_ = stack_[i].caller;
    stack_.resize(i);
    return true;
  }
  return false;
}

/// The node of the running path that is of the function; -1: none.
int CallTree::jumped_to(int function) const {
  for (int up = node_; up > 0; up = nodes_[static_cast<size_t>(up)].parent)
    if (nodes_[static_cast<size_t>(up)].function == function) return up;
  return -1;
}

/// Where nothing is to be returned to, a function that is on the path already goes on there.
void CallTree::tail_call(int function, bool below) {
  const int parent = parent_of_top(), known = stack_.empty() ? jumped_to(function) : -1;
  node_ = known > 0 ? known : child(parent > 0 && !below ? parent : node_, function);
  ++nodes_[static_cast<size_t>(node_)].entries;
}

void CallTree::enter_exception(uint64_t frame, int function) {
  if (suspended_.size() < kMaxSuspended) suspended_[frame] = {std::move(stack_), node_, base_sp_};
  stack_.clear();
  base_sp_ = 0;
  node_ = child(0, function);
  ++nodes_[static_cast<size_t>(node_)].entries;
}

void CallTree::leave_exception(uint64_t frame, int function_if_new) {
  const auto found = suspended_.find(frame);
  if (found == suspended_.end()) return begin(function_if_new);
  stack_ = std::move(found->second.stack);
  node_ = found->second.node;
  base_sp_ = found->second.base_sp;
  suspended_.erase(found);
}

}  // namespace assay
