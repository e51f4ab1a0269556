// Small words for Node-API, so that the other files read as what they do.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "error.h"

namespace ltn::js {

class HandleScope {
 public:
  explicit HandleScope(napi_env env) : env_(env) { napi_open_handle_scope(env, &scope_); }
  ~HandleScope() { napi_close_handle_scope(env_, scope_); }
  HandleScope(const HandleScope&) = delete;
  HandleScope& operator=(const HandleScope&) = delete;

 private:
  napi_env env_;
  napi_handle_scope scope_ = nullptr;
};

napi_value undefined(napi_env env);
napi_value null(napi_env env);
napi_value boolean(napi_env env, bool value);
napi_value number(napi_env env, double value);
// A number where it is exact, else a BigInt: never silently rounded.
napi_value integer(napi_env env, int64_t value);
napi_value string(napi_env env, const std::string& value);
napi_value array(napi_env env, const std::vector<napi_value>& values);
napi_value integers(napi_env env, at::IntArrayRef values);
napi_value object(napi_env env);
void set(napi_env env, napi_value object, const char* name, napi_value value);

napi_valuetype type(napi_env env, napi_value value);
bool isNullish(napi_env env, napi_value value);
std::string text(napi_env env, napi_value value);
uint32_t length(napi_env env, napi_value array);
napi_value element(napi_env env, napi_value array, uint32_t index);

// Arguments of our own entry points; an error names `what`.
bool toBool(napi_env env, napi_value value);
int64_t toInteger(napi_env env, napi_value value, const char* what);
const at::Tensor& tensor(Addon& addon, napi_value value, const char* what);
// An array of tensors, null for none; a single tensor is a list of one and undefined an empty list.
std::vector<at::Tensor> tensors(Addon& addon, napi_value value, const char* what);
std::vector<int64_t> integers(napi_env env, napi_value value, const char* what);

}  // namespace ltn::js
