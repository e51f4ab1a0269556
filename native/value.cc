#include "value.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/Generator.h>

#include <limits>

#include "dtype.h"
#include "js.h"

namespace ltn {
namespace {

bool isInt(const JsValue& value) {
  return value.kind == JsKind::Int || value.kind == JsKind::BigInt;
}

// Python lets a tensor of no dimensions stand for a number, unless its gradient would get lost.
bool isNumberLikeTensor(const JsValue& value) {
  return value.kind == JsKind::Tensor && value.tensor.dim() == 0 && !value.tensor.requires_grad() &&
         !value.tensor.is_meta();
}

bool isIntLike(const JsValue& value) {
  return isInt(value) || (isNumberLikeTensor(value) && at::isIntegralType(value.tensor.scalar_type(), false));
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
  // libtorch's own short way to such a tensor; through the dispatcher it takes as long as the addition after
  // it.
  at::Tensor tensor = c10::scalar_to_tensor(toScalar(value));
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
      return isIntLike(value) || (type.reduction && value.kind == JsKind::String);
    case SchemaType::IntList:
      return (type.size && isIntLike(value)) || allItems(value, isIntLike);
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

at::Tensor toTensor(const JsValue& value) {
  return value.kind == JsKind::Tensor ? value.tensor : wrappedNumber(value);
}

int64_t toInt(const JsValue& value) {
  return asInt(value);
}

c10::IValue toIValue(Addon& addon, const ArgumentType& type, const JsValue& value) {
  if (value.kind == JsKind::Null) return c10::IValue();
  switch (type.type) {
    case SchemaType::Tensor:
      return c10::IValue(toTensor(value));
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
