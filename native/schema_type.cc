// The types of the schema language: what a libtorch argument takes, and the words for it.
#include <ATen/core/jit_type.h>

#include "value.h"

namespace ltn {

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

}  // namespace ltn
