// Finding out what a JavaScript argument is: once per value, before any overload is looked at.
#include <algorithm>
#include <cmath>

#include "js.h"
#include "value.h"

namespace ltn {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;
constexpr int kMaxDepth = 16;  // nested lists deeper than any schema; a cyclic array ends here

void readObject(Addon& addon, JsValue& result, int depth) {
  napi_env env = addon.env;
  bool isArray = false;
  check(env, napi_is_array(env, result.value, &isArray));
  if (isArray) {
    if (depth >= kMaxDepth) fail(ErrorKind::Argument, "a list is nested too deeply");
    const uint32_t count = js::length(env, result.value);
    result.kind = JsKind::Array;
    result.items.reserve(std::min<uint32_t>(count, 1024));  // new Array(2 ** 32 - 1) is a short program
    for (uint32_t i = 0; i < count; ++i) {
      read(addon, js::element(env, result.value, i), result.items.emplace_back(), depth + 1);
      // No list takes such an item, so the rest need not be read.
      const JsKind kind = result.items.back().kind;
      if (kind == JsKind::Undefined || kind == JsKind::Other) break;
    }
    return;
  }
  // ts/torch/scalar.ts lowers Float and Complex to {real} and {real, imag}.
  result.kind = JsKind::Other;
  napi_value part = nullptr;
  if (napi_get_named_property(env, result.value, "real", &part) != napi_ok) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (pending) throw PendingException();
    return;
  }
  if (js::type(env, part) != napi_number) return;
  check(env, napi_get_value_double(env, part, &result.real));
  result.kind = JsKind::Float;
  check(env, napi_get_named_property(env, result.value, "imag", &part));
  if (js::type(env, part) == napi_number) {
    check(env, napi_get_value_double(env, part, &result.imag));
    result.kind = JsKind::Complex;
  }
}

// False when it is no handle, of this environment or another.
bool readHandle(Addon& addon, JsValue& result) {
  Handles::Look look;
  if (!addon.handles.look(result.value, &look)) return false;
  result.kind = JsKind::Other;
  switch (look.kind) {
    case Kind::Tensor:
      result.kind = look.tensor ? JsKind::Tensor : JsKind::Disposed;
      if (look.tensor) result.tensor = *look.tensor;
      return true;
    case Kind::Generator:
      result.kind = look.alive ? JsKind::Generator : JsKind::Disposed;
      return true;
    case Kind::DType:
      result.kind = JsKind::DType;
      break;
    case Kind::Layout:
      result.kind = JsKind::Layout;
      break;
    case Kind::MemoryFormat:
      result.kind = JsKind::MemoryFormat;
      break;
    default:
      return true;
  }
  result.integer = look.payload;
  return true;
}

}  // namespace

void read(Addon& addon, napi_value value, JsValue& result, int depth) {
  napi_env env = addon.env;
  result.value = value;
  // Most arguments are handles, and asking for the kind of a value is no quicker.
  if (readHandle(addon, result)) return;
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
    case napi_object:
      return readObject(addon, result, depth);
    default:
      result.kind = JsKind::Other;
  }
}

namespace {

// "list of Tensor", "list of Tensor and number": the first item, and the first that is something else.
std::string describeList(const std::vector<JsValue>& items) {
  if (items.empty()) return "empty list";
  const std::string first = describe(items.front());
  for (const auto& item : items)
    if (const std::string other = describe(item); other != first) return "list of " + first + " and " + other;
  return "list of " + first;
}

}  // namespace

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
      return describeList(value.items);
    case JsKind::Other:
      return "object";
  }
  return "object";
}

}  // namespace ltn
