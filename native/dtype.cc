#include "dtype.h"

#include "js.h"

namespace ltn {
namespace {

struct DTypeName {
  c10::ScalarType type;
  const char* name;
};

// Quantized types have no arithmetic of their own and come only from quantization calls, yet they print.
constexpr DTypeName kDTypes[] = {
    {c10::kByte, "uint8"},
    {c10::kChar, "int8"},
    {c10::kShort, "int16"},
    {c10::kInt, "int32"},
    {c10::kLong, "int64"},
    {c10::kUInt16, "uint16"},
    {c10::kUInt32, "uint32"},
    {c10::kUInt64, "uint64"},
    {c10::kHalf, "float16"},
    {c10::kFloat, "float32"},
    {c10::kDouble, "float64"},
    {c10::kBFloat16, "bfloat16"},
    {c10::kComplexHalf, "complex32"},
    {c10::kComplexFloat, "complex64"},
    {c10::kComplexDouble, "complex128"},
    {c10::kBool, "bool"},
    {c10::kFloat8_e5m2, "float8_e5m2"},
    {c10::kFloat8_e4m3fn, "float8_e4m3fn"},
    {c10::kFloat8_e5m2fnuz, "float8_e5m2fnuz"},
    {c10::kFloat8_e4m3fnuz, "float8_e4m3fnuz"},
    {c10::kFloat8_e8m0fnu, "float8_e8m0fnu"},
    {c10::kQInt8, "qint8"},
    {c10::kQUInt8, "quint8"},
    {c10::kQInt32, "qint32"},
};

struct LayoutName {
  c10::Layout layout;
  const char* name;
};
constexpr LayoutName kLayouts[] = {
    {c10::kStrided, "strided"},      {c10::kSparse, "sparse_coo"},    {c10::kSparseCsr, "sparse_csr"},
    {c10::kSparseCsc, "sparse_csc"}, {c10::kSparseBsr, "sparse_bsr"}, {c10::kSparseBsc, "sparse_bsc"},
    {c10::kMkldnn, "_mkldnn"},
};

struct FormatName {
  c10::MemoryFormat format;
  const char* name;
};
constexpr FormatName kFormats[] = {
    {c10::MemoryFormat::Contiguous, "contiguous_format"},
    {c10::MemoryFormat::Preserve, "preserve_format"},
    {c10::MemoryFormat::ChannelsLast, "channels_last"},
    {c10::MemoryFormat::ChannelsLast3d, "channels_last_3d"},
};

napi_value enums(Call& call) {
  napi_env env = call.env;
  auto& handles = call.addon.handles;
  const napi_value dtypes = js::object(env), layouts = js::object(env), formats = js::object(env);
  for (const auto& entry : kDTypes) {
    const napi_value dtype = js::object(env);
    js::set(env, dtype, "handle", handles.constant(Kind::DType, static_cast<uint32_t>(entry.type)));
    js::set(env, dtype, "code", js::number(env, static_cast<int>(entry.type)));
    js::set(env, dtype, "itemsize", js::number(env, static_cast<double>(c10::elementSize(entry.type))));
    js::set(env, dtype, "is_floating_point", js::boolean(env, c10::isFloatingType(entry.type)));
    js::set(env, dtype, "is_complex", js::boolean(env, c10::isComplexType(entry.type)));
    js::set(env, dtype, "is_signed",
            js::boolean(env, !c10::isQIntType(entry.type) && c10::isSignedType(entry.type)));
    js::set(env, dtypes, entry.name, dtype);
  }
  for (const auto& entry : kLayouts)
    js::set(env, layouts, entry.name, handles.constant(Kind::Layout, static_cast<uint32_t>(entry.layout)));
  for (const auto& entry : kFormats)
    js::set(env, formats, entry.name,
            handles.constant(Kind::MemoryFormat, static_cast<uint32_t>(entry.format)));
  const napi_value result = js::object(env);
  js::set(env, result, "dtypes", dtypes);
  js::set(env, result, "layouts", layouts);
  js::set(env, result, "memoryFormats", formats);
  return result;
}

napi_value getDefaultDtype(Call& call) {
  return js::string(call.env, dtypeName(c10::get_default_dtype_as_scalartype()));
}

napi_value setDefaultDtype(Call& call) {
  c10::ScalarType type;
  if (!toDType(call.addon.handles, call[0], &type)) fail(ErrorKind::Argument, "dtype must be a torch.dtype");
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(type));
  return js::undefined(call.env);
}

}  // namespace

const char* dtypeName(c10::ScalarType type) {
  for (const auto& entry : kDTypes)
    if (entry.type == type) return entry.name;
  return c10::toString(type);
}

bool toDType(const Handles& handles, napi_value value, c10::ScalarType* type) {
  uint32_t code;
  if (!handles.constant(value, Kind::DType, &code)) return false;
  *type = static_cast<c10::ScalarType>(code);
  return true;
}

std::vector<Export> dtype_exports() {
  return {{"enums", guarded<enums>},
          {"getDefaultDtype", guarded<getDefaultDtype>},
          {"setDefaultDtype", guarded<setDefaultDtype>}};
}

}  // namespace ltn
