// JavaScript memory and tensor memory: copies, and views that share both ways.
//
// Shared views have one owner each way, stated in the type: a tensor over an ArrayBuffer holds a reference
// to the buffer (dropped on the JavaScript thread, see callback.h); an ArrayBuffer over a tensor holds the
// tensor itself and lets it go when the buffer is collected.
#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

#include <cstring>

#include "dtype.h"
#include "js.h"
#include "value.h"

namespace ltn {
namespace {

struct Bytes {
  char* data = nullptr;
  size_t length = 0;
};

Bytes bytesOf(napi_env env, napi_value buffer, napi_value offset, napi_value length) {
  void* data = nullptr;
  size_t total = 0;
  check(env, napi_get_arraybuffer_info(env, buffer, &data, &total));
  const int64_t start = js::toInteger(env, offset, "byteOffset"),
                size = js::toInteger(env, length, "byteLength");
  if (start < 0 || size < 0 || static_cast<uint64_t>(start) > total ||
      static_cast<uint64_t>(size) > total - static_cast<uint64_t>(start))
    fail(ErrorKind::Argument, "the view lies outside its ArrayBuffer (is it detached?)");
  return {static_cast<char*>(data) + start, static_cast<size_t>(size)};
}

// Number of elements of a shape; an error instead of an overflow.
int64_t elements(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0) fail(ErrorKind::Argument, "a shape must not be negative");
    if (__builtin_mul_overflow(count, size, &count)) fail(ErrorKind::Argument, "the shape is too large");
  }
  return count;
}

// fromArrayBuffer(buffer, byteOffset, byteLength, shape, dtype, share)
napi_value fromArrayBuffer(Call& call) {
  napi_env env = call.env;
  const auto shape = js::integers(env, call[3], "shape");
  // After the shape, whose getters could detach the buffer.
  const Bytes bytes = bytesOf(env, call[0], call[1], call[2]);
  c10::ScalarType type;
  if (!toDType(call.addon.handles, call[4], &type)) fail(ErrorKind::Argument, "dtype must be a torch.dtype");
  const int64_t count = elements(shape);
  if (static_cast<uint64_t>(count) > bytes.length / c10::elementSize(type) ||
      static_cast<size_t>(count) * c10::elementSize(type) != bytes.length)
    fail(ErrorKind::Argument,
         "a buffer of " + std::to_string(bytes.length) + " bytes does not fit the shape");
  if (js::toBool(env, call[5])) {
    if (reinterpret_cast<uintptr_t>(bytes.data) % c10::elementSize(type) != 0)
      fail(ErrorKind::Argument, "the view is not aligned to its dtype");
    auto held = call.addon.callbacks.hold(call[0]);
    return call.addon.handles.wrap(
        at::from_blob(bytes.data, shape, [held](void*) {}, at::TensorOptions(type)));
  }
  at::Tensor tensor = at::empty(shape, at::TensorOptions(type));
  if (bytes.length) std::memcpy(tensor.mutable_data_ptr(), bytes.data, bytes.length);
  return call.addon.handles.wrap(std::move(tensor));
}

// toArrayBuffer(tensor, share) -> ArrayBuffer of the elements in row-major order.
napi_value toArrayBuffer(Call& call) {
  napi_env env = call.env;
  at::Tensor tensor = js::tensor(call.addon, call[0], "the receiver");
  napi_value result = nullptr;
  if (js::toBool(env, call[1])) {
    if (!tensor.device().is_cpu() || tensor.layout() != c10::kStrided || !tensor.is_contiguous() ||
        tensor._is_zerotensor())
      fail(ErrorKind::Runtime,
           "only a contiguous tensor on the CPU can share its memory; call contiguous() or cpu()");
    if (tensor.numel() == 0) {
      void* nothing = nullptr;
      check(env, napi_create_arraybuffer(env, 0, &nothing, &result));
      return result;
    }
    auto owner = std::make_unique<at::Tensor>(tensor);
    const napi_status status = napi_create_external_arraybuffer(
        env, tensor.mutable_data_ptr(), tensor.nbytes(),
        [](napi_env, void*, void* hint) { delete static_cast<at::Tensor*>(hint); }, owner.get(), &result);
    if (status == napi_no_external_buffers_allowed)
      fail(ErrorKind::NotImplemented,
           "this runtime allows no ArrayBuffer over foreign memory; copy with toTypedArray()");
    check(env, status);
    owner.release();
    return result;
  }
  if (tensor.layout() != c10::kStrided) tensor = tensor.to_dense();
  // Autograd's zeros have a shape and no memory.
  if (tensor._is_zerotensor()) tensor = at::zeros(tensor.sizes(), tensor.options());
  tensor = tensor.detach().resolve_conj().resolve_neg().to(at::kCPU).contiguous();
  void* data = nullptr;
  check(env, napi_create_arraybuffer(env, tensor.nbytes(), &data, &result));
  if (tensor.nbytes()) std::memcpy(data, tensor.const_data_ptr(), tensor.nbytes());
  return result;
}

napi_value item(Call& call) {
  const at::Tensor& tensor = js::tensor(call.addon, call[0], "the receiver");
  return fromScalar(call.env, tensor.item());
}

}  // namespace

std::vector<Export> storage_exports() {
  return {{"fromArrayBuffer", guarded<fromArrayBuffer>},
          {"toArrayBuffer", guarded<toArrayBuffer>},
          {"item", guarded<item>}};
}

}  // namespace ltn
