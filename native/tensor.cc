// What can be asked of one tensor, its disposal, and the statistics of all.
#include <ATen/core/Tensor.h>

#include <unordered_map>

#include "dtype.h"
#include "js.h"

namespace ltn {
namespace {

const at::Tensor& self(Call& call) {
  return js::tensor(call.addon, call[0], "the receiver");
}

napi_value shape(Call& call) {
  return js::integers(call.env, self(call).sizes());
}
napi_value stride(Call& call) {
  return js::integers(call.env, self(call).strides());
}
napi_value ndim(Call& call) {
  return js::number(call.env, static_cast<double>(self(call).dim()));
}
napi_value numel(Call& call) {
  return js::integer(call.env, self(call).numel());
}
napi_value storageOffset(Call& call) {
  return js::integer(call.env, self(call).storage_offset());
}
napi_value dtype(Call& call) {
  return js::number(call.env, static_cast<int>(self(call).scalar_type()));
}
napi_value device(Call& call) {
  return js::string(call.env, self(call).device().str());
}

napi_value layout(Call& call) {
  return js::number(call.env, static_cast<int>(self(call).layout()));
}

napi_value isContiguous(Call& call) {
  uint32_t format = static_cast<uint32_t>(c10::MemoryFormat::Contiguous);
  if (!js::isNullish(call.env, call[1]) && !call.addon.handles.constant(call[1], Kind::MemoryFormat, &format))
    fail(ErrorKind::Argument, "is_contiguous(): argument 'memory_format' must be torch.memory_format");
  return js::boolean(call.env, self(call).is_contiguous(static_cast<c10::MemoryFormat>(format)));
}

// Two handles may stand for one tensor: `w.grad` makes a new handle on each reading.
napi_value isSame(Call& call) {
  return js::boolean(call.env, self(call).is_same(js::tensor(call.addon, call[1], "argument 'other'")));
}

// Where the storage lies: equal for views of the same memory. For comparison, not for use.
napi_value dataPointer(Call& call) {
  napi_value result = nullptr;
  const auto& tensor = self(call);
  const auto address = tensor.has_storage() ? reinterpret_cast<uint64_t>(tensor.const_data_ptr()) : 0;
  check(call.env, napi_create_bigint_uint64(call.env, address, &result));
  return result;
}

napi_value version(Call& call) {
  return js::integer(call.env, self(call)._version());
}

napi_value dispose(Call& call) {
  return js::boolean(call.env, call.addon.handles.dispose(call[0]));
}

// A second handle on the same tensor, with a lifetime of its own.
napi_value alias(Call& call) {
  return call.addon.handles.wrap(at::Tensor(self(call)));
}

napi_value disposeAll(Call& call) {
  napi_env env = call.env;
  double freed = 0;
  for (uint32_t i = 0; i < js::length(env, call[0]); ++i)
    freed += call.addon.handles.dispose(js::element(env, call[0], i));
  return js::number(env, freed);
}

napi_value sweep(Call& call) {
  return js::number(call.env, static_cast<double>(call.addon.handles.sweep()));
}

napi_value memory(Call& call) {
  napi_env env = call.env;
  const napi_value devices = js::object(env);
  const auto& use = call.addon.handles.use();
  for (size_t i = 0; i < use.size(); ++i) {
    if (i > 0 && use[i].peak == 0 && use[i].tensors == 0) continue;
    const napi_value item = js::object(env);
    js::set(env, item, "tensors", js::integer(env, use[i].tensors));
    js::set(env, item, "bytes", js::integer(env, use[i].bytes));
    js::set(env, item, "peakBytes", js::integer(env, use[i].peak));
    js::set(env, devices, c10::DeviceTypeName(static_cast<c10::DeviceType>(i), true).c_str(), item);
  }
  const napi_value result = js::object(env);
  js::set(env, result, "tensors", js::integer(env, call.addon.handles.live()));
  js::set(env, result, "devices", devices);
  return result;
}

napi_value resetPeak(Call& call) {
  call.addon.handles.resetPeak();
  return js::undefined(call.env);
}

}  // namespace

std::vector<Export> tensor_exports() {
  return {{"shape", guarded<shape>},
          {"stride", guarded<stride>},
          {"ndim", guarded<ndim>},
          {"numel", guarded<numel>},
          {"storageOffset", guarded<storageOffset>},
          {"dtype", guarded<dtype>},
          {"device", guarded<device>},
          {"layout", guarded<layout>},
          {"isContiguous", guarded<isContiguous>},
          {"isSame", guarded<isSame>},
          {"dataPointer", guarded<dataPointer>},
          {"version", guarded<version>},
          {"dispose", guarded<dispose>},
          {"disposeAll", guarded<disposeAll>},
          {"alias", guarded<alias>},
          {"sweep", guarded<sweep>},
          {"memory", guarded<memory>},
          {"resetPeak", guarded<resetPeak>}};
}

}  // namespace ltn
