#include "js.h"

#include <cmath>

namespace ltn::js {

constexpr int64_t kMaxSafeInteger = (1ll << 53) - 1;

napi_value undefined(napi_env env) {
  napi_value result = nullptr;
  check(env, napi_get_undefined(env, &result));
  return result;
}

napi_value null(napi_env env) {
  napi_value result = nullptr;
  check(env, napi_get_null(env, &result));
  return result;
}

napi_value boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  check(env, napi_get_boolean(env, value, &result));
  return result;
}

napi_value number(napi_env env, double value) {
  napi_value result = nullptr;
  check(env, napi_create_double(env, value, &result));
  return result;
}

napi_value integer(napi_env env, int64_t value) {
  napi_value result = nullptr;
  if (value > kMaxSafeInteger || value < -kMaxSafeInteger)
    check(env, napi_create_bigint_int64(env, value, &result));
  else
    check(env, napi_create_int64(env, value, &result));
  return result;
}

napi_value string(napi_env env, const std::string& value) {
  napi_value result = nullptr;
  check(env, napi_create_string_utf8(env, value.data(), value.size(), &result));
  return result;
}

napi_value array(napi_env env, const std::vector<napi_value>& values) {
  napi_value result = nullptr;
  check(env, napi_create_array_with_length(env, values.size(), &result));
  for (size_t i = 0; i < values.size(); ++i)
    check(env, napi_set_element(env, result, static_cast<uint32_t>(i), values[i]));
  return result;
}

napi_value integers(napi_env env, at::IntArrayRef values) {
  napi_value result = nullptr;
  check(env, napi_create_array_with_length(env, values.size(), &result));
  for (size_t i = 0; i < values.size(); ++i)
    check(env, napi_set_element(env, result, static_cast<uint32_t>(i), integer(env, values[i])));
  return result;
}

napi_value object(napi_env env) {
  napi_value result = nullptr;
  check(env, napi_create_object(env, &result));
  return result;
}

void set(napi_env env, napi_value object, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, object, name, value));
}

napi_valuetype type(napi_env env, napi_value value) {
  napi_valuetype result = napi_undefined;
  if (value) check(env, napi_typeof(env, value, &result));
  return result;
}

bool isNullish(napi_env env, napi_value value) {
  const auto t = type(env, value);
  return t == napi_undefined || t == napi_null;
}

std::string text(napi_env env, napi_value value) {
  size_t size = 0;
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &size));
  std::string result(size, '\0');
  check(env, napi_get_value_string_utf8(env, value, result.data(), size + 1, &size));
  return result;
}

uint32_t length(napi_env env, napi_value array) {
  uint32_t result = 0;
  check(env, napi_get_array_length(env, array, &result));
  return result;
}

namespace {

// Of a list that is read to its end: `new Array(2 ** 32 - 1)` is a short program with a long run.
uint32_t boundedLength(napi_env env, napi_value array, const char* what) {
  constexpr uint32_t kMost = 1u << 24;
  const uint32_t result = length(env, array);
  if (result > kMost) fail(ErrorKind::Argument, std::string(what) + ": the list is too long");
  return result;
}

}  // namespace

napi_value element(napi_env env, napi_value array, uint32_t index) {
  napi_value result = nullptr;
  check(env, napi_get_element(env, array, index, &result));
  return result;
}

bool toBool(napi_env env, napi_value value) {
  bool result = false;
  return napi_get_value_bool(env, value, &result) == napi_ok && result;
}

int64_t toInteger(napi_env env, napi_value value, const char* what) {
  double real = 0;
  int64_t result = 0;
  bool lossless = false;
  const auto t = type(env, value);
  if (t == napi_number && napi_get_value_double(env, value, &real) == napi_ok && std::trunc(real) == real &&
      std::abs(real) <= static_cast<double>(kMaxSafeInteger))
    return static_cast<int64_t>(real);
  if (t == napi_bigint && napi_get_value_bigint_int64(env, value, &result, &lossless) == napi_ok && lossless)
    return result;
  fail(ErrorKind::Argument, std::string(what) + " must be an integer");
}

const at::Tensor& tensor(Addon& addon, napi_value value, const char* what) {
  if (const at::Tensor* found = addon.handles.tensor(value)) return *found;
  if (addon.handles.isStale(value))
    fail(ErrorKind::Runtime, std::string(what) + " is a tensor that has been disposed of");
  fail(ErrorKind::Argument, std::string(what) + " must be a Tensor");
}

std::vector<at::Tensor> tensors(Addon& addon, napi_value value, const char* what) {
  napi_env env = addon.env;
  std::vector<at::Tensor> result;
  bool isArray = false;
  check(env, napi_is_array(env, value, &isArray));
  if (!isArray) {
    if (type(env, value) != napi_undefined)
      result.push_back(type(env, value) == napi_null ? at::Tensor() : tensor(addon, value, what));
    return result;
  }
  const uint32_t count = boundedLength(env, value, what);
  result.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const napi_value item = element(env, value, i);
    result.push_back(isNullish(env, item) ? at::Tensor() : tensor(addon, item, what));
  }
  return result;
}

std::vector<int64_t> integers(napi_env env, napi_value value, const char* what) {
  bool isArray = false;
  check(env, napi_is_array(env, value, &isArray));
  if (!isArray) fail(ErrorKind::Argument, std::string(what) + " must be an array of integers");
  std::vector<int64_t> result(boundedLength(env, value, what));
  for (uint32_t i = 0; i < result.size(); ++i) result[i] = toInteger(env, element(env, value, i), what);
  return result;
}

}  // namespace ltn::js
