#include "operator.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "js.h"

namespace ltn {
namespace {

std::optional<c10::OperatorHandle> findOperator(const std::string& name, const std::string& overload) {
  return c10::Dispatcher::singleton().findSchema(
      {name.find("::") == std::string::npos ? "aten::" + name : name, overload == "default" ? "" : overload});
}

// operator(name, overloads, {method, out, wrapsNumbers}) -> index. `name` may carry a namespace.
napi_value defineOperator(Call& call) {
  napi_env env = call.env;
  auto entry = std::make_shared<Operator>();
  const std::string name = js::text(env, call[0]);
  const auto colons = name.find("::");
  entry->name = colons == std::string::npos ? name : name.substr(colons + 2);
  entry->method = js::toBool(env, call[3]);
  const bool wrapsNumbers = js::toBool(env, call[4]);
  const auto add = [&](napi_value list, std::vector<Overload>& into) {
    if (js::isNullish(env, list)) return;
    for (uint32_t i = 0; i < js::length(env, list); ++i)
      // The table was made from one libtorch; another may lack an overload.
      if (const auto handle = findOperator(name, js::text(env, js::element(env, list, i))))
        into.push_back(makeOverload(*handle, wrapsNumbers));
  };
  add(call[1], entry->overloads);
  add(call[2], entry->outs);
  if (entry->overloads.empty() && entry->outs.empty())
    fail(ErrorKind::NotImplemented, "libtorch " TORCH_VERSION " has no operator '" + name + "'");
  call.addon.operators.push_back(std::move(entry));
  return js::number(env, static_cast<double>(call.addon.operators.size() - 1));
}

// `out` becomes the schema's own out arguments, in their order; false when this overload has another number.
bool spreadOut(const Overload& overload, const JsValue& out, std::vector<Option>& options) {
  const bool several = out.kind == JsKind::Array;
  const size_t count = several ? out.items.size() : 1;
  size_t k = 0;
  for (const auto& spec : overload.arguments) {
    if (!spec.write || !spec.keywordOnly) continue;
    if (k < count) options.push_back({spec.name, several ? out.items[k] : out});
    ++k;
  }
  return k == count;
}

// "takes 2 tensors, not 3"
std::string outWords(const std::vector<Overload>& overloads, const JsValue& out) {
  std::string text = "takes ";
  size_t before = 0;
  for (const Overload& overload : overloads) {
    const auto count = static_cast<size_t>(
        std::count_if(overload.arguments.begin(), overload.arguments.end(),
                      [](const ArgumentSpec& spec) { return spec.write && spec.keywordOnly; }));
    if (count == before) continue;
    text += (before ? " or " : "") + std::to_string(count) + (count == 1 ? " tensor" : " tensors");
    before = count;
  }
  return text + ", not " + std::to_string(out.kind == JsKind::Array ? out.items.size() : 1);
}

// Reads [receiver,] positional arguments, of which `first` is the first.
void readPositional(const Operator& op, Call& call, size_t first, Arguments& arguments) {
  arguments.method = op.method;
  if (call.argc > first) arguments.positional.reserve(call.argc - first);
  for (size_t i = first; i < call.argc; ++i) read(call.addon, call[i], arguments.positional.emplace_back());
  if (op.method) {
    if (arguments.positional.empty() || arguments.positional[0].kind == JsKind::Undefined)
      fail(ErrorKind::Argument, op.name + "() must be called on a Tensor");
  }
}

// Reads the options; gives the option `out` where there is one.
std::optional<JsValue> readOptions(const Operator& op, Call& call, Arguments& arguments) {
  napi_env env = call.env;
  if (js::isNullish(env, call[1])) return std::nullopt;
  napi_value keys = nullptr;
  check(env, napi_get_property_names(env, call[1], &keys));
  std::optional<JsValue> out;
  for (uint32_t i = 0; i < js::length(env, keys); ++i) {
    const napi_value key = js::element(env, keys, i);
    napi_value raw = nullptr;
    check(env, napi_get_property(env, call[1], key, &raw));
    JsValue value;
    read(call.addon, raw, value);
    if (value.kind == JsKind::Undefined) continue;
    const std::string name = js::text(env, key);
    if (name == "out" && value.kind != JsKind::Null)
      out = std::move(value);
    else if (name == "requires_grad" && value.kind == JsKind::Bool)
      arguments.requiresGrad = value.flag;
    else if (name == "requires_grad")
      fail(ErrorKind::Argument,
           op.name + "(): argument 'requires_grad' must be boolean, not " + describe(value));
    else if (name != "out")
      arguments.options.push_back({name, std::move(value)});
  }
  if (out && op.outs.empty()) fail(ErrorKind::Argument, op.name + "(): has no form with the option 'out'");
  return out;
}

void toStack(Addon& addon, const Overload& overload, const Binding& binding, torch::jit::Stack& stack) {
  stack.clear();
  stack.reserve(overload.arguments.size());
  for (size_t i = 0; i < overload.arguments.size(); ++i) {
    const JsValue* value = binding.values[i];
    if (value)
      stack.push_back(toIValue(addon, overload.arguments[i].type, *value));
    else
      stack.push_back(overload.arguments[i].fallback);
  }
}

napi_value result(Addon& addon, const Overload& overload, const Binding& binding, torch::jit::Stack& stack,
                  size_t index) {
  // What an operator writes into comes back as the very handle that was given, so that `a.add_(b) === a`.
  const int alias = overload.aliasOf[index];
  if (alias >= 0 && binding.values[static_cast<size_t>(alias)] &&
      binding.values[static_cast<size_t>(alias)]->kind == JsKind::Tensor)
    return binding.values[static_cast<size_t>(alias)]->value;
  if (stack[index].isTensor()) return addon.handles.wrap(std::move(stack[index]).toTensor());
  return fromIValue(addon, stack[index], *overload.handle.schema().returns()[index].real_type());
}

napi_value toResult(Addon& addon, Overload& overload, const Binding& binding, torch::jit::Stack& stack) {
  napi_env env = addon.env;
  if (stack.empty()) return js::undefined(env);
  if (stack.size() == 1) return result(addon, overload, binding, stack, 0);
  std::vector<napi_value> items;
  for (size_t i = 0; i < stack.size(); ++i) items.push_back(result(addon, overload, binding, stack, i));
  const napi_value tuple = js::array(env, items);
  if (overload.returnNames.empty()) return tuple;
  napi_value names = nullptr;
  if (overload.namesRef) {
    check(env, napi_get_reference_value(env, overload.namesRef, &names));
  } else {
    std::vector<napi_value> words;
    for (const auto& name : overload.returnNames) words.push_back(js::string(env, name));
    names = js::array(env, words);
    check(env, napi_create_reference(env, names, 1, &overload.namesRef));
  }
  js::set(env, tuple, "names", names);
  return tuple;
}

Operator& operatorAt(Call& call) {
  double index = -1;
  napi_get_value_double(call.env, call[0], &index);
  if (!(index >= 0 && index < static_cast<double>(call.addon.operators.size())))
    fail(ErrorKind::Argument, "internal: no such operator");
  return *call.addon.operators[static_cast<size_t>(index)];
}

// Whether autograd has nothing to do with the call: no tensor among the arguments has anything to do with it.
bool isUnrecorded(const Overload& overload, const Binding& binding) {
  if (!overload.runsOnCpu) return false;
  bool any = false;
  for (const JsValue* value : binding.values) {
    if (!value) continue;
    if (value->kind == JsKind::Tensor) {
      const c10::TensorImpl* tensor = value->tensor.unsafeGetTensorImpl();
      if (tensor->autograd_meta() || !tensor->key_set().has(c10::DispatchKey::CPU)) return false;
      any = true;
    } else if (value->kind == JsKind::Array) {
      for (const JsValue& item : value->items)
        if (item.kind == JsKind::Tensor) return false;
    }
  }
  return any;
}

// Runs the operator with the dispatch keys that it needs.
template <typename Run>
void dispatch(const Overload& overload, const Binding& binding, Run run) {
  if (overload.makesLeaf) {
    // As Python's factories: filling the new tensor is no change of it that its version counter should count.
    const at::AutoDispatchBelowADInplaceOrView guard;
    run();
  } else if (isUnrecorded(overload, binding)) {
    // A tenth of a small operator's time.
    const at::AutoDispatchBelowAutograd guard;
    run();
  } else {
    run();
  }
}

class TypedCall {
 public:
  TypedCall(const Overload& overload, const Binding& binding) : overload_(overload), binding_(binding) {}

  bool operator()(std::monostate) const { return false; }
  bool operator()(const Unary& op) {
    return run([&] { return op.call(tensor(0)); });
  }
  bool operator()(const Binary& op) {
    return run([&] { return op.call(tensor(0), tensor(1)); });
  }
  bool operator()(const BinaryScaled& op) {
    const JsValue* factor = binding_.values[2];
    const at::Scalar scalar = factor ? toScalar(*factor) : overload_.arguments[2].fallback.toScalar();
    return run([&] { return op.call(tensor(0), tensor(1), scalar); });
  }
  bool operator()(const Sized& op) {
    const JsValue* list = binding_.values[1];
    if (!list) return false;
    c10::SmallVector<c10::SymInt, 8> sizes;
    if (list->kind == JsKind::Array)
      for (const JsValue& item : list->items) sizes.emplace_back(toInt(item));
    else
      sizes.resize(static_cast<size_t>(std::max(overload_.arguments[1].type.size, 1)), toInt(*list));
    return run([&] { return op.call(tensor(0), sizes); });
  }
  at::Tensor result;

 private:
  template <typename Run>
  bool run(Run call) {
    for (size_t i = 0; i < 2 && i < overload_.arguments.size(); ++i)
      if (!binding_.values[i] || binding_.values[i]->kind == JsKind::Null) return false;
    dispatch(overload_, binding_, [&] { result = call(); });
    return true;
  }
  const at::Tensor& tensor(size_t i) {
    const JsValue& value = *binding_.values[i];
    if (value.kind == JsKind::Tensor) return value.tensor;
    return made_[i] = toTensor(value);
  }

  const Overload& overload_;
  const Binding& binding_;
  std::array<at::Tensor, 2> made_;
};

void callOnce(Addon& addon, const Overload& overload, const Binding& binding, torch::jit::Stack& stack) {
  TypedCall typed(overload, binding);
  if (std::visit(typed, overload.direct)) {
    stack.clear();
    stack.emplace_back(std::move(typed.result));
    return;
  }
  toStack(addon, overload, binding, stack);
  dispatch(overload, binding, [&] { overload.handle.callBoxed(stack); });
}

void execute(Addon& addon, const Overload& overload, const Binding& binding, torch::jit::Stack& stack) {
  try {
    callOnce(addon, overload, binding, stack);
  } catch (const std::exception& error) {
    if (!isOutOfMemory(error)) throw;
    // Garbage of JavaScript may be what fills the memory: collect, empty the caches, and try once more.
    stack.clear();
    releaseMemory(addon);
    callOnce(addon, overload, binding, stack);
  }
}

// The operator's spare stack for the time of one call.
class BorrowedStack {
 public:
  explicit BorrowedStack(Operator& op) : op_(op), stack(std::move(op.spare)) {}
  ~BorrowedStack() {
    stack.clear();
    op_.spare = std::move(stack);
  }
  BorrowedStack(const BorrowedStack&) = delete;
  BorrowedStack& operator=(const BorrowedStack&) = delete;

 private:
  Operator& op_;

 public:
  torch::jit::Stack stack;
};

// Calls the first overload that takes the arguments.
template <bool hasOptions>
napi_value callAny(Call& call) {
  Operator& op = operatorAt(call);
  try {
    Arguments arguments;
    readPositional(op, call, hasOptions ? 2 : 1, arguments);
    const std::optional<JsValue> out =
        hasOptions ? readOptions(op, call, arguments) : std::optional<JsValue>();
    const size_t named = arguments.options.size();
    auto& candidates = out ? op.outs : op.overloads;
    Binding binding;
    for (Overload& overload : candidates) {
      arguments.options.resize(named);
      if (out && !spreadOut(overload, *out, arguments.options)) continue;
      if (!bind(overload, arguments, binding)) continue;
      BorrowedStack borrowed(op);
      torch::jit::Stack& stack = borrowed.stack;
      execute(call.addon, overload, binding, stack);
      if (arguments.requiresGrad.value_or(false)) stack[0].toTensor().set_requires_grad(true);
      return toResult(call.addon, overload, binding, stack);
    }
    for (const auto& value : arguments.positional)
      if (value.kind == JsKind::Disposed)
        fail(ErrorKind::Runtime, op.name + "(): a tensor that has been disposed of was used");
    std::vector<const Overload*> tried;
    for (const Overload& overload : candidates) {
      arguments.options.resize(named);
      if (!out || spreadOut(overload, *out, arguments.options)) tried.push_back(&overload);
    }
    if (tried.empty()) fail(ErrorKind::Argument, op.name + "(): option 'out' " + outWords(candidates, *out));
    arguments.options.resize(named);
    if (out) spreadOut(*tried.front(), *out, arguments.options);
    fail(ErrorKind::Argument, mismatch(op.name, tried, arguments));
  } catch (...) {
    throwCurrent(call.addon, op.name.c_str());
    return nullptr;
  }
}

napi_value describeArgument(napi_env env, const c10::Argument& argument) {
  const napi_value item = js::object(env);
  js::set(env, item, "name", js::string(env, argument.name()));
  js::set(env, item, "type", js::string(env, typeText(argument)));
  js::set(env, item, "kwarg_only", js::boolean(env, argument.kwarg_only()));
  js::set(env, item, "write", js::boolean(env, argument.alias_info() && argument.alias_info()->isWrite()));
  napi_value fallback = js::null(env);
  if (argument.default_value()) {
    std::ostringstream text;
    if (argument.default_value()->isNone())
      text << "None";
    else
      text << *argument.default_value();
    fallback = js::string(env, text.str());
  }
  js::set(env, item, "default", fallback);
  return item;
}

// Every operator that libtorch has, for the generator of declarations and for torch.ops.
napi_value schemas(Call& call) {
  napi_env env = call.env;
  auto names = c10::Dispatcher::singleton().getAllOpNames();
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) {
    return std::tie(a.name, a.overload_name) < std::tie(b.name, b.overload_name);
  });
  std::vector<napi_value> all;
  for (const auto& name : names) {
    const auto handle = c10::Dispatcher::singleton().findSchema(name);
    if (!handle) continue;
    const napi_value item = js::object(env);
    std::vector<napi_value> arguments, returns;
    for (const auto& argument : handle->schema().arguments())
      arguments.push_back(describeArgument(env, argument));
    for (const auto& ret : handle->schema().returns()) returns.push_back(describeArgument(env, ret));
    js::set(env, item, "name", js::string(env, name.name));
    js::set(env, item, "overload", js::string(env, name.overload_name));
    js::set(env, item, "args", js::array(env, arguments));
    js::set(env, item, "returns", js::array(env, returns));
    all.push_back(item);
  }
  return js::array(env, all);
}

// overloadNames('aten::add') -> ['Tensor', 'Scalar', ...], for torch.ops.
napi_value overloadNames(Call& call) {
  const std::string wanted = js::text(call.env, call[0]);
  std::vector<std::string> found;
  for (const auto& name : c10::Dispatcher::singleton().getAllOpNames())
    if (name.name == wanted && c10::Dispatcher::singleton().findSchema(name))
      found.push_back(name.overload_name.empty() ? "default" : name.overload_name);
  std::sort(found.begin(), found.end());
  std::vector<napi_value> words;
  for (const auto& name : found) words.push_back(js::string(call.env, name));
  return js::array(call.env, words);
}

}  // namespace

std::vector<Export> operator_exports() {
  return {{"operator", guarded<defineOperator>},
          {"call", guarded<callAny<true>>},        // (index, options, ...arguments)
          {"callPlain", guarded<callAny<false>>},  // (index, ...arguments)
          {"schemas", guarded<schemas>},
          {"overloadNames", guarded<overloadNames>}};
}

}  // namespace ltn
