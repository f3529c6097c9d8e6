// A node out of its graph: its tensors numbered anew, in the order in which it names them.
#include "ir/node_alone.h"

#include <map>
#include <utility>

namespace assay {

Result<Graph> node_alone(Node node, const std::function<Tensor(TensorId)>& tensor_of) {
  GraphParts alone;
  std::map<TensorId, TensorId> new_id;
  const auto take = [&](std::vector<TensorId>& ids, bool are_inputs) {
    for (TensorId& id : ids) {
      if (id == kNoTensor) continue;
      const auto [at, fresh] = new_id.try_emplace(id, static_cast<TensorId>(alone.tensors.size()));
      if (fresh) {
        const Tensor& tensor = alone.tensors.emplace_back(tensor_of(id));
        if (are_inputs && !tensor.is_constant && !tensor.is_variable)
          alone.inputs.push_back(at->second);
      }
      id = at->second;
    }
  };
  take(node.inputs, true);
  take(node.outputs, false);
  alone.nodes.push_back(std::move(node));
  return Graph::make(std::move(alone));
}

}  // namespace assay
