#include "signature.h"

#include <algorithm>

namespace ltn {
namespace {

// Other words that Python's face takes for an argument (NumPy's, and `input` for the receiver).
bool names(const ArgumentSpec& argument, const std::string& word) {
  if (argument.name == word) return true;
  if (argument.name == "self") return word == "input";
  if (argument.name == "dim") return word == "axis";
  return argument.name == "keepdim" && word == "keepdims";
}

bool gatherVarargs(const Overload& overload, const Arguments& arguments, size_t first, Binding& binding) {
  if (!overload.varargs || arguments.positional.size() <= first) return false;
  const auto begin = arguments.positional.begin() + static_cast<std::ptrdiff_t>(first);
  const bool numbers = std::all_of(begin, arguments.positional.end(), [](const JsValue& v) {
    return v.kind == JsKind::Int || v.kind == JsKind::BigInt;
  });
  if (!numbers) return false;
  binding.packed.kind = JsKind::Array;
  binding.packed.items.assign(begin, arguments.positional.end());
  return true;
}

bool place(const Overload& overload, const Arguments& arguments, Binding& binding, Mismatch& why) {
  const auto& specs = overload.arguments;
  binding.values.assign(specs.size(), nullptr);
  size_t next = 0;
  const size_t first = arguments.method ? 1 : 0;
  if (arguments.method) {
    if (overload.self < 0) return false;
    binding.values[static_cast<size_t>(overload.self)] = &arguments.positional[0];
  }
  // A single list or number fits as it is; several numbers are the list itself.
  const size_t given = arguments.positional.size() - first;
  const size_t room = overload.positional - first;
  if ((given > room ||
       (given == 1 && overload.varargs && arguments.positional[first].kind != JsKind::Array)) &&
      gatherVarargs(overload, arguments, first, binding)) {
    while (next < specs.size() && binding.values[next]) ++next;
    binding.values[next] = &binding.packed;
  } else {
    for (size_t i = first; i < arguments.positional.size(); ++i) {
      while (next < overload.positional && binding.values[next]) ++next;
      if (next >= overload.positional) {
        if (arguments.positional[i].kind == JsKind::Undefined) continue;
        why.why = Mismatch::Why::TooMany;
        why.position = static_cast<int>(i - first);
        return false;
      }
      binding.values[next] = &arguments.positional[i];
      ++next;
    }
  }
  for (const auto& option : arguments.options) {
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const ArgumentSpec& spec) { return names(spec, option.name); });
    if (found == specs.end()) {
      why.why = Mismatch::Why::UnknownOption;
      why.option = option.name;
      return false;
    }
    const auto index = static_cast<size_t>(found - specs.begin());
    if (binding.values[index] && binding.values[index]->kind != JsKind::Undefined) {
      why.why = Mismatch::Why::GivenTwice;
      why.option = option.name;
      why.progress = arguments.positional.size();
      return false;
    }
    binding.values[index] = &option.value;
  }
  return true;
}

// The typed way to call the operator, where its signature is one of those that have one.
Direct directWay(const c10::OperatorHandle& handle, const std::vector<ArgumentSpec>& specs) {
  const c10::FunctionSchema& schema = handle.schema();
  if (schema.returns().size() != 1 || schema.returns()[0].type()->kind() != c10::TypeKind::TensorType ||
      specs.empty())
    return {};
  std::string types;
  for (size_t i = 0; i < specs.size(); ++i) {
    const ArgumentType& type = specs[i].type;
    if (type.optional || specs[i].write) return {};
    types += type.type == SchemaType::Tensor    ? 'T'
             : type.type == SchemaType::Scalar  ? 's'
             : type.type == SchemaType::IntList ? 'i'
                                                : '?';
  }
  try {
    if (types == "T") return handle.typed<at::Tensor(const at::Tensor&)>();
    if (types == "TT") return handle.typed<at::Tensor(const at::Tensor&, const at::Tensor&)>();
    if (types == "TTs")
      return handle.typed<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Scalar&)>();
    if (types == "Ti" && schema.arguments()[1].real_type()->str() == "SymInt[]")
      return handle.typed<at::Tensor(const at::Tensor&, c10::SymIntArrayRef)>();
  } catch (const c10::Error&) {
    // Registered with another C++ signature after all: boxed calls fit any.
  }
  return {};
}

}  // namespace

Overload makeOverload(const c10::OperatorHandle& handle, bool wrapsNumbers) {
  Overload result(handle);
  const c10::FunctionSchema& schema = handle.schema();
  bool anyKeyword = false;
  for (const c10::Argument& argument : schema.arguments()) {
    ArgumentSpec spec;
    spec.name = argument.name();
    spec.type = argumentType(argument);
    spec.keywordOnly = argument.kwarg_only();
    spec.write = argument.alias_info() && argument.alias_info()->isWrite();
    // Nothing can be written into a number.
    spec.type.wrapsNumbers = wrapsNumbers && spec.type.type == SchemaType::Tensor && !spec.write;
    spec.hasDefault = argument.default_value().has_value();
    if (spec.hasDefault) spec.fallback = *argument.default_value();
    if (spec.name == "self" && result.self < 0) result.self = static_cast<int>(result.arguments.size());
    anyKeyword = anyKeyword || spec.keywordOnly;
    if (!anyKeyword) ++result.positional;
    result.arguments.push_back(std::move(spec));
  }
  // As Python: a list of integers that is the only positional argument may be given as several numbers.
  size_t others = 0;
  const ArgumentSpec* only = nullptr;
  for (size_t i = 0; i < result.positional; ++i) {
    if (static_cast<int>(i) == result.self) continue;
    ++others;
    only = &result.arguments[i];
  }
  result.varargs = others == 1 && only->type.type == SchemaType::IntList;
  const auto has = [&](const char* name) {
    return std::any_of(result.arguments.begin(), result.arguments.end(),
                       [&](const ArgumentSpec& spec) { return spec.name == name && spec.keywordOnly; });
  };
  result.isFactory = has("dtype") && has("layout") && has("device") && has("pin_memory");
  const std::string& own = schema.name();
  result.makesLeaf = result.isFactory &&
                     (result.self < 0 || (own.size() > 5 && own.compare(own.size() - 5, 5, "_like") == 0));
  result.runsOnCpu =
      schema.name().rfind("aten::", 0) == 0 && handle.hasComputedKernelForDispatchKey(c10::DispatchKey::CPU);
  result.direct = directWay(handle, result.arguments);
  bool named = true;
  for (const c10::Argument& ret : schema.returns()) {
    result.returnNames.push_back(ret.name());
    named = named && !ret.name().empty();
    int alias = -1;
    if (ret.alias_info() && ret.alias_info()->isWrite()) {
      for (size_t i = 0; i < schema.arguments().size(); ++i) {
        const auto* info = schema.arguments()[i].alias_info();
        if (info && info->isWrite() && info->beforeSets() == ret.alias_info()->beforeSets())
          alias = static_cast<int>(i);
      }
    }
    result.aliasOf.push_back(alias);
  }
  if (!named) result.returnNames.clear();
  return result;
}

bool match(const Overload& overload, const Arguments& arguments, Binding& binding, Mismatch& why) {
  if (arguments.requiresGrad && !overload.isFactory) {
    why.why = Mismatch::Why::UnknownOption;
    why.option = "requires_grad";
    return false;
  }
  if (!place(overload, arguments, binding, why)) return false;
  for (size_t i = 0; i < overload.arguments.size(); ++i) {
    const ArgumentSpec& spec = overload.arguments[i];
    const JsValue*& value = binding.values[i];
    if (value && value->kind == JsKind::Undefined) value = nullptr;
    if (!value) {
      if (spec.hasDefault) continue;
      why.why = Mismatch::Why::Missing;
      why.argument = static_cast<int>(i);
      return false;
    }
    // The receiver's own default of None counts as "not given".
    if (!accepts(spec.type, *value)) {
      why.why = Mismatch::Why::Kind;
      why.argument = static_cast<int>(i);
      why.value = value;
      why.position = -1;
      for (size_t p = 0; p < arguments.positional.size(); ++p)
        if (&arguments.positional[p] == value)
          why.position = static_cast<int>(p + (arguments.method ? 0 : 1));
      if (value == &binding.packed) why.position = 1;
      return false;
    }
    ++why.progress;
  }
  return true;
}

bool bind(const Overload& overload, const Arguments& arguments, Binding& binding) {
  Mismatch why;
  return match(overload, arguments, binding, why);
}

}  // namespace ltn
