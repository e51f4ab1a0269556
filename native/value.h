// JavaScript values to IValues and back: one case per type of the schema language, each way.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include <string>
#include <vector>

#include "addon.h"

namespace ltn {

// What a JavaScript argument is, found out once per call; deciding an overload is then plain comparison.
enum class JsKind : uint8_t {
  Undefined,
  Null,
  Bool,
  Int,
  Double,
  BigInt,
  String,
  Float,
  Complex,
  Tensor,
  Disposed,
  DType,
  Layout,
  MemoryFormat,
  Generator,
  Array,
  Other
};

struct JsValue {
  napi_value value = nullptr;
  JsKind kind = JsKind::Undefined;
  bool flag = false;           // Bool
  int64_t integer = 0;         // Int, BigInt; the code of DType, Layout, MemoryFormat
  double real = 0, imag = 0;   // Int, Double, Float, Complex
  at::Tensor tensor;           // held: a getter in a later argument may dispose of it or move the table
  std::vector<JsValue> items;  // Array

  bool isNumber() const {
    return kind == JsKind::Int || kind == JsKind::Double || kind == JsKind::BigInt || kind == JsKind::Bool ||
           kind == JsKind::Float || kind == JsKind::Complex;
  }
};

// Into a fresh JsValue.
void read(Addon& addon, napi_value value, JsValue& result, int depth = 0);
// For messages: "Tensor", "number", "list of number".
std::string describe(const JsValue& value);

// The types of the schema language that can be converted.
enum class SchemaType : uint8_t {
  Tensor,
  TensorList,
  OptionalTensorList,
  Int,
  IntList,
  Float,
  FloatList,
  Bool,
  BoolList,
  Scalar,
  ScalarList,
  String,
  DType,
  Layout,
  Device,
  MemoryFormat,
  Generator,
  Unsupported
};

struct ArgumentType {
  SchemaType type = SchemaType::Unsupported;
  bool optional = false;
  int size = 0;               // the N of int[N]: a single value may stand for the list
  bool reduction = false;     // `int reduction` of the losses, which Python's face takes as a word
  bool wrapsNumbers = false;  // a number may stand for a Tensor, as in add(x, 2)
};

ArgumentType argumentType(const c10::Argument& argument);
// The type as PyTorch writes it in schemas, SymInt as int.
std::string typeText(const c10::Argument& argument);
// For messages: "Tensor or number".
std::string typeWords(const ArgumentType& type);

bool accepts(const ArgumentType& type, const JsValue& value);
c10::IValue toIValue(Addon& addon, const ArgumentType& type, const JsValue& value);
napi_value fromIValue(Addon& addon, const c10::IValue& value, const c10::Type& type);
at::Scalar toScalar(const JsValue& value);
// For what accepts() lets pass as a Tensor, a list of integers.
at::Tensor toTensor(const JsValue& value);
int64_t toInt(const JsValue& value);
napi_value fromScalar(napi_env env, const at::Scalar& scalar);

}  // namespace ltn
