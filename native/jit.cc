// TorchScript: modules that torch.jit.save wrote, run by libtorch's own interpreter. Such a file is a
// program; what may load one is decided in ts/torch/jit.
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "js.h"
#include "value.h"

namespace ltn {
namespace {

using torch::jit::Module;

Module& module(Call& call, std::shared_ptr<void>& held) {
  held = call.addon.handles.object(call[0], Kind::Script);
  if (!held) fail(ErrorKind::Argument, "the receiver must be a ScriptModule that has not been disposed of");
  return *static_cast<Module*>(held.get());
}

// jitLoad(file, device?)
napi_value load(Call& call) {
  std::optional<c10::Device> device;
  if (!js::isNullish(call.env, call[1])) device = c10::Device(js::text(call.env, call[1]));
  return call.addon.handles.wrap(
      Kind::Script, std::make_shared<Module>(torch::jit::load(js::text(call.env, call[0]), device)));
}

// Tuples, lists and dicts of whatever value.cc knows; a dict comes as a list of pairs.
napi_value give(Addon& addon, const c10::IValue& value, int depth = 0) {
  if (depth > 100) fail(ErrorKind::Runtime, "the result is nested too deeply");
  std::vector<napi_value> items;
  if (value.isTuple()) {
    for (const c10::IValue& item : value.toTupleRef().elements())
      items.push_back(give(addon, item, depth + 1));
    return js::array(addon.env, items);
  }
  if (value.isList()) {
    for (const c10::IValue& item : value.toListRef()) items.push_back(give(addon, item, depth + 1));
    return js::array(addon.env, items);
  }
  if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict())
      items.push_back(
          js::array(addon.env, {give(addon, entry.key(), depth + 1), give(addon, entry.value(), depth + 1)}));
    const napi_value result = js::object(addon.env);
    js::set(addon.env, result, "pairs", js::array(addon.env, items));
    return result;
  }
  return fromIValue(addon, value, *value.type());
}

// jitCall(module, method, arguments)
napi_value callMethod(Call& call) {
  std::shared_ptr<void> held;
  Module& self = module(call, held);
  const std::string name = js::text(call.env, call[1]);
  const auto method = self.find_method(name);
  if (!method) fail(ErrorKind::Argument, "the module has no method '" + name + "'");
  const auto& parameters = method->function().getSchema().arguments();
  const uint32_t count = js::length(call.env, call[2]);
  if (count >= parameters.size())
    fail(ErrorKind::Argument, name + "() takes " + std::to_string(parameters.size() - 1) +
                                  " arguments, not " + std::to_string(count));
  torch::jit::Stack stack;
  for (uint32_t i = 0; i < count; ++i) {
    const c10::Argument& parameter = parameters[i + 1];  // the first is self
    const ArgumentType type = argumentType(parameter);
    JsValue value;
    read(call.addon, js::element(call.env, call[2], i), value);
    if (!accepts(type, value))
      fail(ErrorKind::Argument, name + "(): argument '" + parameter.name() + "' must be " + typeWords(type) +
                                    ", not " + describe(value));
    stack.push_back(toIValue(call.addon, type, value));
  }
  return give(call.addon, (*method)(std::move(stack)));
}

// jitTensors(module, buffers) -> [names, tensors]
napi_value tensors(Call& call) {
  std::shared_ptr<void> held;
  Module& self = module(call, held);
  std::vector<napi_value> names, values;
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    names.push_back(js::string(call.env, name));
    values.push_back(call.addon.handles.wrap(tensor));
  };
  if (js::toBool(call.env, call[1])) {
    for (const auto& item : self.named_buffers()) add(item.name, item.value);
  } else {
    for (const auto& item : self.named_parameters()) add(item.name, item.value);
  }
  return js::array(call.env, {js::array(call.env, names), js::array(call.env, values)});
}

napi_value methods(Call& call) {
  std::shared_ptr<void> held;
  std::vector<napi_value> names;
  for (const auto& method : module(call, held).get_methods())
    names.push_back(js::string(call.env, method.name()));
  return js::array(call.env, names);
}

napi_value train(Call& call) {
  std::shared_ptr<void> held;
  module(call, held).train(js::toBool(call.env, call[1]));
  return js::undefined(call.env);
}

napi_value isTraining(Call& call) {
  std::shared_ptr<void> held;
  return js::boolean(call.env, module(call, held).is_training());
}

napi_value to(Call& call) {
  std::shared_ptr<void> held;
  module(call, held).to(c10::Device(js::text(call.env, call[1])));
  return js::undefined(call.env);
}

}  // namespace

std::vector<Export> jit_exports() {
  return {{"jitLoad", guarded<load>},
          {"jitCall", guarded<callMethod>},
          {"jitTensors", guarded<tensors>},
          {"jitMethods", guarded<methods>},
          {"jitTrain", guarded<train>},
          {"jitIsTraining", guarded<isTraining>},
          {"jitTo", guarded<to>}};
}

}  // namespace ltn
