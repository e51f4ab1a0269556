// Entry points of autograd: running the graph backward, looking at it, hooks, and the modes of this thread.
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include <sstream>

#include "dtype.h"
#include "graph.h"
#include "js.h"

namespace ltn {
namespace {

const at::Tensor& self(Call& call) {
  return js::tensor(call.addon, call[0], "the receiver");
}

// Hooks written in JavaScript must run on this thread, while a device's part of the graph runs on its own:
// then the engine works elsewhere and this thread serves it. Without hooks or devices it runs right here.
void runEngine(Call& call, const std::vector<at::Tensor>& roots, bool elsewhere,
               const std::function<void()>& work) {
  bool onDevice = elsewhere;
  for (const auto& root : roots) onDevice = onDevice || (root.defined() && !root.device().is_cpu());
  if (onDevice && call.addon.callbacks.alive > 0)
    call.addon.callbacks.serveWhile(work);
  else
    work();
}

// Python's face of autograd checks this before the engine, which would sum a gradient to a shape that fits.
void checkGradients(const std::vector<at::Tensor>& outputs, const std::vector<at::Tensor>& gradients) {
  const auto text = [](at::IntArrayRef sizes) {
    std::string result = "torch.Size([";
    for (size_t i = 0; i < sizes.size(); ++i) result += (i ? ", " : "") + std::to_string(sizes[i]);
    return result + "])";
  };
  for (size_t i = 0; i < outputs.size() && i < gradients.size(); ++i) {
    if (!gradients[i].defined() || outputs[i].sizes() == gradients[i].sizes()) continue;
    const std::string at = "[" + std::to_string(i) + "] ";
    fail(ErrorKind::Runtime, "Mismatch in shape: grad_output" + at + "has a shape of " +
                                 text(gradients[i].sizes()) + " and output" + at + "has a shape of " +
                                 text(outputs[i].sizes()) + ".");
  }
}

// backward(tensors, gradients, retain_graph, create_graph, inputs, elsewhere)
napi_value backward(Call& call) {
  const auto roots = js::tensors(call.addon, call[0], "tensors");
  const auto gradients = js::tensors(call.addon, call[1], "gradient");
  const bool createGraph = js::toBool(call.env, call[3]);
  const bool retainGraph = js::isNullish(call.env, call[2]) ? createGraph : js::toBool(call.env, call[2]);
  const auto inputs = js::tensors(call.addon, call[4], "inputs");
  checkGradients(roots, gradients);
  runEngine(call, roots, js::toBool(call.env, call[5]),
            [&] { torch::autograd::backward(roots, gradients, retainGraph, createGraph, inputs); });
  return js::undefined(call.env);
}

// grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, elsewhere) -> (Tensor |
// null)[]
napi_value grad(Call& call) {
  const auto outputs = js::tensors(call.addon, call[0], "outputs");
  const auto inputs = js::tensors(call.addon, call[1], "inputs");
  const auto gradients = js::tensors(call.addon, call[2], "grad_outputs");
  const bool createGraph = js::toBool(call.env, call[4]);
  const bool retainGraph = js::isNullish(call.env, call[3]) ? createGraph : js::toBool(call.env, call[3]);
  const bool allowUnused = js::toBool(call.env, call[5]);
  checkGradients(outputs, gradients);
  std::vector<at::Tensor> results;
  runEngine(call, outputs, js::toBool(call.env, call[6]), [&] {
    results = torch::autograd::grad(outputs, inputs, gradients, retainGraph, createGraph, true);
  });
  for (size_t i = 0; i < results.size(); ++i)
    if (!allowUnused && !results[i].defined())
      fail(ErrorKind::Runtime, "The differentiated Tensor at index " + std::to_string(i) +
                                   " appears to not have been used in the graph. Set allow_unused=True if "
                                   "this is the desired behavior.");
  std::vector<napi_value> values;
  for (auto& result : results) values.push_back(call.addon.handles.wrap(std::move(result)));
  return js::array(call.env, values);
}

napi_value requiresGrad(Call& call) {
  return js::boolean(call.env, self(call).requires_grad());
}
napi_value isLeaf(Call& call) {
  return js::boolean(call.env, self(call).is_leaf());
}
napi_value isInference(Call& call) {
  return js::boolean(call.env, self(call).is_inference());
}
napi_value retainsGrad(Call& call) {
  return js::boolean(call.env, self(call).retains_grad());
}

napi_value setRequiresGrad(Call& call) {
  const at::Tensor& tensor = self(call);
  const bool value = js::toBool(call.env, call[1]);
  if (!value && !tensor.is_leaf())
    fail(ErrorKind::Runtime,
         "you can only change requires_grad flags of leaf variables. If you want to use a computed variable "
         "in a "
         "subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  if (value && !torch::autograd::isDifferentiableType(tensor.scalar_type()))
    fail(ErrorKind::Runtime, "only Tensors of floating point dtype can require gradients");
  tensor.set_requires_grad(value);
  return js::undefined(call.env);
}

napi_value retainGrad(Call& call) {
  self(call).retain_grad();
  return js::undefined(call.env);
}

napi_value getGrad(Call& call) {
  return call.addon.handles.wrap(at::Tensor(self(call).grad()));
}

napi_value setGrad(Call& call) {
  const at::Tensor tensor = self(call);
  if (js::isNullish(call.env, call[1])) {
    tensor.mutable_grad().reset();
    return js::undefined(call.env);
  }
  const at::Tensor gradient = js::tensor(call.addon, call[1], "the gradient");
  if (gradient.is_same(tensor)) fail(ErrorKind::Runtime, "can't assign Variable as its own grad");
  const auto sizes = [](const at::Tensor& t) {
    std::ostringstream text;
    text << '\'' << t.sizes() << '\'';
    return text.str();
  };
  if (gradient.sizes() != tensor.sizes())
    fail(ErrorKind::Runtime, "attempting to assign a gradient of size " + sizes(gradient) +
                                 " to a tensor of size " + sizes(tensor) +
                                 ". Please ensure that the gradient and the tensor are the same size");
  if (gradient.scalar_type() != tensor.scalar_type() || gradient.device().type() != tensor.device().type())
    fail(ErrorKind::Runtime, std::string("attempting to assign a gradient of ") +
                                 dtypeName(gradient.scalar_type()) + " on " + gradient.device().str() +
                                 " to a tensor of " + dtypeName(tensor.scalar_type()) + " on " +
                                 tensor.device().str());
  tensor.mutable_grad() = gradient;
  return js::undefined(call.env);
}

// The tensor without its history, on the same memory: Python's `.data`.
napi_value data(Call& call) {
  return call.addon.handles.wrap(self(call).variable_data());
}

napi_value setData(Call& call) {
  self(call).set_data(js::tensor(call.addon, call[1], "the new data"));
  return js::undefined(call.env);
}

napi_value gradFn(Call& call) {
  return wrapNode(call.addon, self(call).grad_fn());
}

napi_value nodeName(Call& call) {
  return js::string(call.env, nodeOf(call.addon, call[0])->name());
}

napi_value nodeNext(Call& call) {
  napi_env env = call.env;
  const auto node = nodeOf(call.addon, call[0]);
  std::vector<napi_value> edges;
  for (const auto& edge : node->next_edges())
    edges.push_back(js::array(env, {wrapNode(call.addon, edge.function), js::number(env, edge.input_nr)}));
  return js::array(env, edges);
}

// registerHook(tensor, fn) -> position; fn gets the gradient and may return another.
napi_value registerHook(Call& call) {
  const at::Tensor& tensor = self(call);
  auto function = std::make_shared<JsFunction>(call.addon, call[1]);
  const unsigned position = tensor.register_hook([function](const at::Tensor& gradient) -> at::Tensor {
    const auto results = (*function)({gradient});
    return results.empty() ? at::Tensor() : results.front();
  });
  return js::number(call.env, position);
}

napi_value removeHook(Call& call) {
  self(call).remove_hook(static_cast<unsigned>(js::toInteger(call.env, call[1], "the hook")));
  return js::undefined(call.env);
}

// modes() -> [grad enabled, inference]; setModes(grad, inference) makes them so for this thread.
napi_value modes(Call& call) {
  return js::array(call.env, {js::boolean(call.env, at::GradMode::is_enabled()),
                              js::boolean(call.env, c10::InferenceMode::is_enabled())});
}

napi_value setModes(Call& call) {
  const bool grad = js::toBool(call.env, call[0]), inference = js::toBool(call.env, call[1]);
  if (inference != c10::InferenceMode::is_enabled()) {
    if (inference)
      call.addon.inference = std::make_shared<c10::InferenceMode>(true);
    else
      call.addon.inference.reset();
  }
  at::GradMode::set_enabled(grad);
  return js::undefined(call.env);
}

napi_value setAnomaly(Call& call) {
  torch::autograd::AnomalyMode::set_enabled(js::toBool(call.env, call[0]), js::toBool(call.env, call[1]));
  return js::undefined(call.env);
}

napi_value anomaly(Call& call) {
  return js::array(call.env, {js::boolean(call.env, torch::autograd::AnomalyMode::is_enabled()),
                              js::boolean(call.env, torch::autograd::AnomalyMode::should_check_nan())});
}

}  // namespace

napi_value wrapNode(Addon& addon, const NodePtr& node) {
  if (!node) return js::null(addon.env);
  return addon.handles.wrap(Kind::Node, std::make_shared<NodePtr>(node));
}

NodePtr nodeOf(Addon& addon, napi_value value) {
  const auto held = addon.handles.object(value, Kind::Node);
  if (!held) fail(ErrorKind::Argument, "the receiver must be a node of the graph");
  return *std::static_pointer_cast<NodePtr>(held);
}

std::vector<Export> autograd_exports() {
  return {{"backward", guarded<backward>},
          {"grad", guarded<grad>},
          {"requiresGrad", guarded<requiresGrad>},
          {"setRequiresGrad", guarded<setRequiresGrad>},
          {"isLeaf", guarded<isLeaf>},
          {"isInference", guarded<isInference>},
          {"retainGrad", guarded<retainGrad>},
          {"retainsGrad", guarded<retainsGrad>},
          {"getGrad", guarded<getGrad>},
          {"setGrad", guarded<setGrad>},
          {"gradients", guarded<gradients>},
          {"zeroGradients", guarded<zeroGradients>},
          {"countSteps", guarded<countSteps>},
          {"data", guarded<data>},
          {"setData", guarded<setData>},
          {"gradFn", guarded<gradFn>},
          {"nodeName", guarded<nodeName>},
          {"nodeNext", guarded<nodeNext>},
          {"registerHook", guarded<registerHook>},
          {"removeHook", guarded<removeHook>},
          {"modes", guarded<modes>},
          {"setModes", guarded<setModes>},
          {"anomaly", guarded<anomaly>},
          {"setAnomaly", guarded<setAnomaly>}};
}

}  // namespace ltn
