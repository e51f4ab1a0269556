#include "value.h"

#include <ATen/core/Generator.h>
#include <ATen/ops/scalar_tensor.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dtype.h"
#include "js.h"

namespace ltn {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;
constexpr int kMaxDepth = 16;  // nested lists deeper than any schema; a cyclic array ends here

JsValue readObject(Addon& addon, JsValue result, int depth) {
  napi_env env = addon.env;
  bool isArray = false;
  check(env, napi_is_array(env, result.value, &isArray));
  if (isArray) {
    if (depth >= kMaxDepth) fail(ErrorKind::Argument, "a list is nested too deeply");
    const uint32_t count = js::length(env, result.value);
    result.kind = JsKind::Array;
    result.items.reserve(std::min<uint32_t>(count, 1024));  // new Array(2 ** 32 - 1) is a short program
    for (uint32_t i = 0; i < count; ++i) {
      result.items.push_back(read(addon, js::element(env, result.value, i), depth + 1));
      // No list takes such an item, so the rest need not be read.
      const JsKind kind = result.items.back().kind;
      if (kind == JsKind::Undefined || kind == JsKind::Other) break;
    }
    return result;
  }
  // ts/torch/scalar.ts lowers Float and Complex to {real} and {real, imag}.
  result.kind = JsKind::Other;
  napi_value part = nullptr;
  if (napi_get_named_property(env, result.value, "real", &part) != napi_ok) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (pending) throw PendingException();
    return result;
  }
  if (js::type(env, part) != napi_number) return result;
  check(env, napi_get_value_double(env, part, &result.real));
  result.kind = JsKind::Float;
  check(env, napi_get_named_property(env, result.value, "imag", &part));
  if (js::type(env, part) == napi_number) {
    check(env, napi_get_value_double(env, part, &result.imag));
    result.kind = JsKind::Complex;
  }
  return result;
}

void readHandle(Addon& addon, JsValue& result) {
  uint32_t code = 0;
  switch (addon.handles.kind(result.value)) {
    case Kind::Tensor:
      if (const at::Tensor* tensor = addon.handles.tensor(result.value)) result.tensor = *tensor;
      result.kind = result.tensor.defined() ? JsKind::Tensor : JsKind::Disposed;
      break;
    case Kind::Generator:
      result.kind =
          addon.handles.object(result.value, Kind::Generator) ? JsKind::Generator : JsKind::Disposed;
      break;
    case Kind::DType:
      addon.handles.constant(result.value, Kind::DType, &code);
      result.kind = JsKind::DType;
      break;
    case Kind::Layout:
      addon.handles.constant(result.value, Kind::Layout, &code);
      result.kind = JsKind::Layout;
      break;
    case Kind::MemoryFormat:
      addon.handles.constant(result.value, Kind::MemoryFormat, &code);
      result.kind = JsKind::MemoryFormat;
      break;
    default:
      result.kind = JsKind::Other;
  }
  result.integer = code;
}

bool isInt(const JsValue& value) {
  return value.kind == JsKind::Int || value.kind == JsKind::BigInt;
}

// Python lets a tensor of no dimensions stand for a number, unless its gradient would get lost.
bool isNumberLikeTensor(const JsValue& value) {
  return value.kind == JsKind::Tensor && value.tensor.dim() == 0 && !value.tensor.requires_grad() &&
         !value.tensor.is_meta();
}

bool isReal(const JsValue& value) {
  return value.kind == JsKind::Int || value.kind == JsKind::Double || value.kind == JsKind::Float;
}

template <typename Accept>
bool allItems(const JsValue& value, Accept accept) {
  if (value.kind != JsKind::Array) return false;
  for (const auto& item : value.items)
    if (!accept(item)) return false;
  return true;
}

int64_t asInt(const JsValue& value) {
  if (value.kind == JsKind::Tensor) return value.tensor.item().toLong();
  return value.integer;
}

double asDouble(const JsValue& value) {
  if (value.kind == JsKind::Tensor) return value.tensor.item().toDouble();
  return value.kind == JsKind::BigInt ? static_cast<double>(value.integer) : value.real;
}

int64_t reductionCode(Addon& addon, const JsValue& value) {
  const std::string word = js::text(addon.env, value.value);
  if (word == "none") return 0;
  if (word == "mean") return 1;
  if (word == "sum") return 2;
  fail(ErrorKind::Value, word + " is not a valid value for reduction");
}

at::Tensor wrappedNumber(const JsValue& value) {
  const at::Scalar scalar = toScalar(value);
  at::Tensor tensor = at::scalar_tensor(scalar, at::TensorOptions(scalar.type()));
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

template <typename T, typename Convert>
c10::IValue toList(const JsValue& value, int size, Convert convert) {
  c10::List<T> list;
  if (value.kind != JsKind::Array) {
    for (int i = 0; i < std::max(size, 1); ++i) list.push_back(convert(value));
  } else {
    list.reserve(value.items.size());
    for (const auto& item : value.items) list.push_back(convert(item));
  }
  return c10::IValue(std::move(list));
}

}  // namespace

JsValue read(Addon& addon, napi_value value, int depth) {
  napi_env env = addon.env;
  JsValue result;
  result.value = value;
  bool lossless = false;
  switch (js::type(env, value)) {
    case napi_undefined:
      break;
    case napi_null:
      result.kind = JsKind::Null;
      break;
    case napi_boolean:
      result.kind = JsKind::Bool;
      check(env, napi_get_value_bool(env, value, &result.flag));
      break;
    case napi_number:
      check(env, napi_get_value_double(env, value, &result.real));
      // Beyond 2^53 a number no longer says which integer it means.
      if (std::trunc(result.real) == result.real && std::abs(result.real) <= kMaxSafeInteger) {
        result.kind = JsKind::Int;
        result.integer = static_cast<int64_t>(result.real);
      } else {
        result.kind = JsKind::Double;
      }
      break;
    case napi_bigint:
      check(env, napi_get_value_bigint_int64(env, value, &result.integer, &lossless));
      if (!lossless) fail(ErrorKind::Argument, "a bigint does not fit into 64 bits");
      result.kind = JsKind::BigInt;
      break;
    case napi_string:
      result.kind = JsKind::String;
      break;
    case napi_external:
      readHandle(addon, result);
      break;
    case napi_object:
      return readObject(addon, std::move(result), depth);
    default:
      result.kind = JsKind::Other;
  }
  return result;
}

std::string describe(const JsValue& value) {
  switch (value.kind) {
    case JsKind::Undefined:
      return "undefined";
    case JsKind::Null:
      return "null";
    case JsKind::Bool:
      return "boolean";
    case JsKind::Int:
      return "number";
    case JsKind::Double:
      return std::isfinite(value.real) && std::abs(value.real) > kMaxSafeInteger
                 ? "number (too large to be a safe integer)"
             : std::isfinite(value.real) ? "number (not an integer)"
                                         : "number (not finite)";
    case JsKind::BigInt:
      return "bigint";
    case JsKind::String:
      return "string";
    case JsKind::Float:
      return "float";
    case JsKind::Complex:
      return "complex";
    case JsKind::Tensor:
      return "Tensor";
    case JsKind::Disposed:
      return "a Tensor that has been disposed of";
    case JsKind::DType:
      return "torch.dtype";
    case JsKind::Layout:
      return "torch.layout";
    case JsKind::MemoryFormat:
      return "torch.memory_format";
    case JsKind::Generator:
      return "torch.Generator";
    case JsKind::Array:
      return value.items.empty() ? "empty list" : "list of " + describe(value.items.front());
    case JsKind::Other:
      return "object";
  }
  return "object";
}

ArgumentType argumentType(const c10::Argument& argument) {
  ArgumentType result;
  c10::TypePtr type = argument.real_type();
  if (type->kind() == c10::TypeKind::OptionalType) {
    result.optional = true;
    type = type->castRaw<c10::OptionalType>()->getElementType();
  }
  const auto simple = [](const c10::Type& t) {
    switch (t.kind()) {
      case c10::TypeKind::TensorType:
        return SchemaType::Tensor;
      case c10::TypeKind::SymIntType:
      case c10::TypeKind::IntType:
        return SchemaType::Int;
      case c10::TypeKind::FloatType:
        return SchemaType::Float;
      case c10::TypeKind::BoolType:
        return SchemaType::Bool;
      case c10::TypeKind::NumberType:
        return SchemaType::Scalar;
      case c10::TypeKind::StringType:
        return SchemaType::String;
      case c10::TypeKind::ScalarTypeType:
        return SchemaType::DType;
      case c10::TypeKind::LayoutType:
        return SchemaType::Layout;
      case c10::TypeKind::MemoryFormatType:
        return SchemaType::MemoryFormat;
      case c10::TypeKind::DeviceObjType:
        return SchemaType::Device;
      case c10::TypeKind::GeneratorType:
        return SchemaType::Generator;
      default:
        return SchemaType::Unsupported;
    }
  };
  if (type->kind() != c10::TypeKind::ListType) {
    result.type = simple(*type);
    result.reduction = result.type == SchemaType::Int && argument.name() == "reduction";
    return result;
  }
  result.size = argument.N().value_or(0);
  const c10::TypePtr element = type->castRaw<c10::ListType>()->getElementType();
  if (element->kind() == c10::TypeKind::OptionalType) {
    const auto inner = element->castRaw<c10::OptionalType>()->getElementType();
    result.type =
        inner->kind() == c10::TypeKind::TensorType ? SchemaType::OptionalTensorList : SchemaType::Unsupported;
    return result;
  }
  switch (simple(*element)) {
    case SchemaType::Tensor:
      result.type = SchemaType::TensorList;
      break;
    case SchemaType::Int:
      result.type = SchemaType::IntList;
      break;
    case SchemaType::Float:
      result.type = SchemaType::FloatList;
      break;
    case SchemaType::Bool:
      result.type = SchemaType::BoolList;
      break;
    case SchemaType::Scalar:
      result.type = SchemaType::ScalarList;
      break;
    default:
      break;
  }
  return result;
}

std::string typeText(const c10::Argument& argument) {
  const ArgumentType type = argumentType(argument);
  const std::string brackets = type.size ? "[" + std::to_string(type.size) + "]" : "[]";
  std::string text;
  switch (type.type) {
    case SchemaType::Tensor:
      text = "Tensor";
      break;
    case SchemaType::TensorList:
      text = "Tensor" + brackets;
      break;
    case SchemaType::OptionalTensorList:
      text = "Tensor?" + brackets;
      break;
    case SchemaType::Int:
      text = "int";
      break;
    case SchemaType::IntList:
      text = "int" + brackets;
      break;
    case SchemaType::Float:
      text = "float";
      break;
    case SchemaType::FloatList:
      text = "float" + brackets;
      break;
    case SchemaType::Bool:
      text = "bool";
      break;
    case SchemaType::BoolList:
      text = "bool" + brackets;
      break;
    case SchemaType::Scalar:
      text = "Scalar";
      break;
    case SchemaType::ScalarList:
      text = "Scalar" + brackets;
      break;
    case SchemaType::String:
      text = "str";
      break;
    case SchemaType::DType:
      text = "ScalarType";
      break;
    case SchemaType::Layout:
      text = "Layout";
      break;
    case SchemaType::Device:
      text = "Device";
      break;
    case SchemaType::MemoryFormat:
      text = "MemoryFormat";
      break;
    case SchemaType::Generator:
      text = "Generator";
      break;
    case SchemaType::Unsupported:
      return argument.real_type()->str();
  }
  return type.optional ? text + "?" : text;
}

std::string typeWords(const ArgumentType& type) {
  switch (type.type) {
    case SchemaType::Tensor:
      return type.wrapsNumbers ? "Tensor or number" : "Tensor";
    case SchemaType::TensorList:
    case SchemaType::OptionalTensorList:
      return "list of Tensors";
    case SchemaType::Int:
      return type.reduction ? "'none', 'mean' or 'sum'" : "integer";
    case SchemaType::IntList:
      return type.size ? "integer or list of integers" : "list of integers";
    case SchemaType::Float:
      return "number";
    case SchemaType::FloatList:
      return "list of numbers";
    case SchemaType::Bool:
      return "boolean";
    case SchemaType::BoolList:
      return "list of booleans";
    case SchemaType::Scalar:
      return "number";
    case SchemaType::ScalarList:
      return "list of numbers";
    case SchemaType::String:
      return "string";
    case SchemaType::DType:
      return "torch.dtype";
    case SchemaType::Layout:
      return "torch.layout";
    case SchemaType::Device:
      return "torch.device or string";
    case SchemaType::MemoryFormat:
      return "torch.memory_format";
    case SchemaType::Generator:
      return "torch.Generator";
    case SchemaType::Unsupported:
      return "a type that JavaScript cannot give";
  }
  return "";
}

bool accepts(const ArgumentType& type, const JsValue& value) {
  if (value.kind == JsKind::Null) return type.optional;
  switch (type.type) {
    case SchemaType::Tensor:
      return value.kind == JsKind::Tensor || (type.wrapsNumbers && value.isNumber());
    case SchemaType::TensorList:
      return allItems(value, [](const JsValue& v) { return v.kind == JsKind::Tensor; });
    case SchemaType::OptionalTensorList:
      return allItems(value,
                      [](const JsValue& v) { return v.kind == JsKind::Tensor || v.kind == JsKind::Null; });
    case SchemaType::Int:
      return isInt(value) || (type.reduction && value.kind == JsKind::String) ||
             (isNumberLikeTensor(value) && at::isIntegralType(value.tensor.scalar_type(), false));
    case SchemaType::IntList:
      return (type.size && isInt(value)) || allItems(value, isInt);
    case SchemaType::Float:
      return isReal(value) || value.kind == JsKind::BigInt ||
             (isNumberLikeTensor(value) && !value.tensor.is_complex());
    case SchemaType::FloatList:
      return (type.size && isReal(value)) || allItems(value, isReal);
    case SchemaType::Bool:
      return value.kind == JsKind::Bool;
    case SchemaType::BoolList:
      return (type.size && value.kind == JsKind::Bool) ||
             allItems(value, [](const JsValue& v) { return v.kind == JsKind::Bool; });
    case SchemaType::Scalar:
      return value.isNumber() || isNumberLikeTensor(value);
    case SchemaType::ScalarList:
      return allItems(value, [](const JsValue& v) { return v.isNumber(); });
    case SchemaType::String:
    case SchemaType::Device:
      return value.kind == JsKind::String;
    case SchemaType::DType:
      return value.kind == JsKind::DType;
    case SchemaType::Layout:
      return value.kind == JsKind::Layout;
    case SchemaType::MemoryFormat:
      return value.kind == JsKind::MemoryFormat;
    case SchemaType::Generator:
      return value.kind == JsKind::Generator;
    case SchemaType::Unsupported:
      return false;
  }
  return false;
}

at::Scalar toScalar(const JsValue& value) {
  switch (value.kind) {
    case JsKind::Tensor:
      return value.tensor.item();
    case JsKind::Bool:
      return at::Scalar(value.flag);
    case JsKind::Int:
    case JsKind::BigInt:
      return at::Scalar(value.integer);
    case JsKind::Complex:
      return at::Scalar(c10::complex<double>(value.real, value.imag));
    default:
      return at::Scalar(value.real);
  }
}

c10::IValue toIValue(Addon& addon, const ArgumentType& type, const JsValue& value) {
  if (value.kind == JsKind::Null) return c10::IValue();
  switch (type.type) {
    case SchemaType::Tensor:
      return value.kind == JsKind::Tensor ? c10::IValue(value.tensor) : c10::IValue(wrappedNumber(value));
    case SchemaType::TensorList:
      return toList<at::Tensor>(value, 1, [](const JsValue& v) { return v.tensor; });
    case SchemaType::OptionalTensorList:
      return toList<std::optional<at::Tensor>>(value, 1, [](const JsValue& v) {
        return v.kind == JsKind::Null ? std::optional<at::Tensor>() : std::optional<at::Tensor>(v.tensor);
      });
    case SchemaType::Int:
      return type.reduction && value.kind == JsKind::String ? c10::IValue(reductionCode(addon, value))
                                                            : c10::IValue(asInt(value));
    case SchemaType::IntList:
      return toList<int64_t>(value, type.size, asInt);
    case SchemaType::Float:
      return c10::IValue(asDouble(value));
    case SchemaType::FloatList:
      return toList<double>(value, type.size, asDouble);
    case SchemaType::Bool:
      return c10::IValue(value.flag);
    case SchemaType::BoolList:
      return toList<bool>(value, type.size, [](const JsValue& v) { return v.flag; });
    case SchemaType::Scalar:
      return c10::IValue(toScalar(value));
    case SchemaType::ScalarList: {
      c10::impl::GenericList list(c10::NumberType::get());
      for (const auto& item : value.items) list.push_back(c10::IValue(toScalar(item)));
      return c10::IValue(std::move(list));
    }
    case SchemaType::String:
      return c10::IValue(js::text(addon.env, value.value));
    case SchemaType::Device:
      return c10::IValue(c10::Device(js::text(addon.env, value.value)));
    case SchemaType::DType:
    case SchemaType::Layout:
    case SchemaType::MemoryFormat:
      return c10::IValue(value.integer);
    case SchemaType::Generator: {
      // Looked up again, and a getter in another argument may have disposed of it meanwhile.
      const auto held = addon.handles.object(value.value, Kind::Generator);
      if (!held) fail(ErrorKind::Runtime, "a generator that has been disposed of was used");
      return c10::IValue(*std::static_pointer_cast<at::Generator>(held));
    }
    case SchemaType::Unsupported:
      break;
  }
  fail(ErrorKind::Argument, "internal: no conversion for this argument");
}

napi_value fromScalar(napi_env env, const at::Scalar& scalar) {
  if (scalar.isBoolean()) return js::boolean(env, scalar.toBool());
  if (scalar.isComplex()) {
    const auto z = scalar.toComplexDouble();
    const napi_value result = js::object(env);
    js::set(env, result, "real", js::number(env, z.real()));
    js::set(env, result, "imag", js::number(env, z.imag()));
    return result;
  }
  if (scalar.isFloatingPoint()) return js::number(env, scalar.toDouble());
  if (scalar.type() == c10::kUInt64 &&
      scalar.toUInt64() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    napi_value result = nullptr;
    check(env, napi_create_bigint_uint64(env, scalar.toUInt64(), &result));
    return result;
  }
  return js::integer(env, scalar.toLong());
}

napi_value fromIValue(Addon& addon, const c10::IValue& value, const c10::Type& type) {
  napi_env env = addon.env;
  if (value.isNone()) return js::null(env);
  if (value.isTensor()) return addon.handles.wrap(value.toTensor());
  if (value.isBool()) return js::boolean(env, value.toBool());
  if (value.isInt()) {
    if (type.kind() == c10::TypeKind::ScalarTypeType) {
      const napi_value dtype = js::object(env);
      js::set(env, dtype, "dtype", js::integer(env, value.toInt()));
      return dtype;
    }
    return js::integer(env, value.toInt());
  }
  if (value.isSymInt()) return js::integer(env, value.toSymInt().guard_int(__FILE__, __LINE__));
  if (value.isScalar()) return fromScalar(env, value.toScalar());
  if (value.isString()) return js::string(env, value.toStringRef());
  if (value.isDevice()) return js::string(env, value.toDevice().str());
  if (value.isList()) {
    std::vector<napi_value> items;
    const auto& element = *value.toList().elementType();
    for (const c10::IValue& item : value.toListRef()) items.push_back(fromIValue(addon, item, element));
    return js::array(env, items);
  }
  fail(ErrorKind::NotImplemented, "a result of type " + value.tagKind() + " cannot be given to JavaScript");
}

}  // namespace ltn
