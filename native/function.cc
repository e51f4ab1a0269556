// torch.autograd.Function: forward has run in JavaScript without recording; this file makes the node whose
// backward calls JavaScript again.
//
// Ownership: outputs own the node, the node owns the JavaScript closure, and the closure reaches its context.
// The context therefore holds the node weakly, or nothing of all this would ever be collected.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include <type_traits>
#include <unordered_set>

#include "graph.h"
#include "js.h"

namespace ltn {
namespace {

using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

class FunctionNode : public torch::autograd::Node {
 public:
  FunctionNode(std::string name, std::shared_ptr<JsFunction> backward, bool materialize)
      : name_(std::move(name)), backward_(std::move(backward)), materialize_(materialize) {}

  std::string name() const override { return name_; }

  variable_list apply(variable_list&& gradients) override {
    if (materialize_)
      for (size_t i = 0; i < gradients.size(); ++i)
        if (!gradients[i].defined() && i < outputs.size()) gradients[i] = outputs[i].zeros(device_guard_);
    variable_list results = (*backward_)(gradients);
    if (results.size() != num_outputs())
      fail(ErrorKind::Runtime, "function " + name_ + " returned an incorrect number of gradients (expected " +
                                   std::to_string(num_outputs()) + ", got " + std::to_string(results.size()) +
                                   ")");
    return results;
  }

  void release_variables() override {
    released_ = true;
    for (auto& variable : saved) variable.reset_data();
  }

#if TORCH_VERSION_MINOR >= 13
  // Nodes count their own references since 2.13, and a weak one, such as the context has, keeps the object:
  // this runs when the last strong one goes, and lets go of what would keep the context in turn.
  void release_resources() override {
    backward_.reset();
    saved.clear();
    outputs.clear();
    Node::release_resources();
  }
#endif

  void compiled_args(torch::dynamo::autograd::CompiledNodeArgs&) const override {
    fail(ErrorKind::NotImplemented, "compiled autograd cannot run " + name_);
  }

  variable_list unpack(const NodePtr& owner) const {
    if (released_) throwReleased();
    variable_list tensors;
    for (const auto& variable : saved) tensors.push_back(variable.unpack(owner));
    return tensors;
  }

  std::vector<SavedVariable> saved;
  std::vector<torch::autograd::VariableInfo> outputs;

 private:
  [[noreturn]] static void throwReleased() {
    fail(ErrorKind::Runtime,
         "Trying to backward through the graph a second time (or directly access saved tensors after they "
         "have "
         "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
         "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time "
         "or if "
         "you need to access saved tensors after calling backward.");
  }

  std::string name_;
  std::shared_ptr<JsFunction> backward_;
  bool materialize_;
  bool released_ = false;
  at::OptionalDeviceGuard device_guard_;
};

template <typename Pointer>
struct NodeTraits;

template <typename T>
struct NodeTraits<std::shared_ptr<T>> {
  using Weak = std::weak_ptr<T>;
  template <typename... Args>
  static std::shared_ptr<FunctionNode> make(Args&&... args) {
    return std::make_shared<FunctionNode>(std::forward<Args>(args)...);
  }
};

template <typename T>
struct NodeTraits<c10::intrusive_ptr<T>> {
  using Weak = c10::weak_intrusive_ptr<T>;
  template <typename... Args>
  static c10::intrusive_ptr<FunctionNode> make(Args&&... args) {
    return c10::make_intrusive<FunctionNode>(std::forward<Args>(args)...);
  }
};

using Traits = NodeTraits<NodePtr>;

std::unordered_set<at::TensorImpl*> implementations(const std::vector<at::Tensor>& tensors) {
  std::unordered_set<at::TensorImpl*> result;
  for (const auto& tensor : tensors)
    if (tensor.defined()) result.insert(tensor.unsafeGetTensorImpl());
  return result;
}

// applyFunction(name, inputs, outputs, nonDifferentiable, dirty, toSave, materialize, backward)
//   -> [outputs, node | null]
napi_value applyFunction(Call& call) {
  napi_env env = call.env;
  const std::string name = js::text(env, call[0]);
  const variable_list inputs = js::tensors(call.addon, call[1], "inputs");
  const variable_list rawOutputs = js::tensors(call.addon, call[2], "outputs");
  const variable_list nonDifferentiable = js::tensors(call.addon, call[3], "mark_non_differentiable()");
  const variable_list dirty = js::tensors(call.addon, call[4], "mark_dirty()");
  const variable_list toSave = js::tensors(call.addon, call[5], "save_for_backward()");

  const bool executable = at::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(inputs);
  auto function = executable ? std::make_shared<JsFunction>(call.addon, call[7]) : nullptr;
  const auto node = Traits::make(name, std::move(function), js::toBool(env, call[6]));
  node->set_next_edges(torch::autograd::collect_next_edges(inputs));
  node->clear_input_metadata();

  for (const auto& tensor : dirty)
    if (tensor.defined()) tensor.unsafeGetTensorImpl()->bump_version();
  std::vector<std::optional<at::Tensor>> optionals(rawOutputs.begin(), rawOutputs.end());
  const auto wrapOutputs = [&](auto&... attached) {
    return torch::autograd::_wrap_outputs(
        inputs, implementations(nonDifferentiable), implementations(dirty), optionals,
        executable ? node : nullptr,
        [&name](const variable_list&, const variable_list&) -> variable_list {
          fail(ErrorKind::NotImplemented, name + " has no forward-mode derivative");
        },
        {}, [](const at::Tensor& x) { return x.view_as(x); }, false, attached...);
  };
#if TORCH_VERSION_MINOR >= 14
  // libtorch tells which node it attached, for creation hooks, which only Python has.
  c10::intrusive_ptr<torch::autograd::Node> attachedNode;
  const auto wrapped = wrapOutputs(attachedNode);
#else
  const auto wrapped = wrapOutputs();
#endif

  const auto isOutput = implementations(rawOutputs);
  std::vector<napi_value> values;
  for (size_t i = 0; i < wrapped.size(); ++i) {
    const at::Tensor output = wrapped[i].value_or(at::Tensor());
    if (executable) node->outputs.emplace_back(output);
    values.push_back(call.addon.handles.wrap(output));
  }
  if (!executable) return js::array(env, {js::array(env, values), js::null(env)});
  for (const auto& tensor : toSave) {
    bool output = false;
    at::Tensor variable = tensor;
    for (size_t i = 0; i < rawOutputs.size(); ++i) {
      if (tensor.defined() && rawOutputs[i].defined() && tensor.is_same(rawOutputs[i]) && wrapped[i]) {
        output = true;
        variable = *wrapped[i];
      }
    }
    node->saved.emplace_back(variable, output);
  }
  const auto weak = std::make_shared<Traits::Weak>(NodePtr(node));
  return js::array(env, {js::array(env, values), call.addon.handles.wrap(Kind::Function, weak)});
}

// savedTensors(node) -> (Tensor | null)[]
napi_value savedTensors(Call& call) {
  const auto held = call.addon.handles.object(call[0], Kind::Function);
  if (!held) fail(ErrorKind::Argument, "the context must belong to a Function");
  const NodePtr owner = std::static_pointer_cast<Traits::Weak>(held)->lock();
  if (!owner) fail(ErrorKind::Runtime, "the graph of this Function has been freed already");
  const auto* node = static_cast<const FunctionNode*>(owner.get());
  std::vector<napi_value> values;
  for (auto& tensor : node->unpack(owner)) values.push_back(call.addon.handles.wrap(std::move(tensor)));
  return js::array(call.env, values);
}

napi_value needsInputGrad(Call& call) {
  std::vector<napi_value> values;
  for (const auto& tensor : js::tensors(call.addon, call[0], "inputs"))
    values.push_back(js::boolean(call.env, tensor.defined() && tensor.requires_grad()));
  return js::array(call.env, values);
}

}  // namespace

std::vector<Export> function_exports() {
  return {{"applyFunction", guarded<applyFunction>},
          {"savedTensors", guarded<savedTensors>},
          {"needsInputGrad", guarded<needsInputGrad>}};
}

}  // namespace ltn
