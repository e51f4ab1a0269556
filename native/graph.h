// Nodes of the autograd graph as handles.
#pragma once

#include <torch/csrc/autograd/function.h>

#include <utility>

#include "addon.h"

namespace ltn {

// A shared_ptr up to libtorch 2.12 and an intrusive_ptr since: whatever a tensor gives.
using NodePtr = std::decay_t<decltype(std::declval<const at::Tensor&>().grad_fn())>;

napi_value wrapNode(Addon& addon, const NodePtr& node);
NodePtr nodeOf(Addon& addon, napi_value value);

// gradients.cc
napi_value gradients(Call& call);
napi_value zeroGradients(Call& call);
napi_value countSteps(Call& call);

}  // namespace ltn
