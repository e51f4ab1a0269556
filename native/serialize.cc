// Storages as files see them: their identity, their bytes, and tensors placed on them.
//
// What comes from a file is checked here once more, although ts/torch/serialization has checked it: this is
// the last place before a pointer is made of it.
#include <ATen/Functions.h>
#include <ATen/core/Tensor.h>

#include <cstring>

#include "dtype.h"
#include "js.h"

namespace ltn {
namespace {

const c10::Storage& storageOf(const at::Tensor& tensor) {
  if (!tensor.has_storage())
    fail(ErrorKind::NotImplemented, "a tensor of layout " + c10::str(tensor.layout()) + " has no storage");
  return tensor.storage();
}

// storageInfo(tensor) -> [identity, bytes]; equal identities mean shared memory.
napi_value storageInfo(Call& call) {
  napi_env env = call.env;
  const c10::Storage& storage = storageOf(js::tensor(call.addon, call[0], "the tensor"));
  napi_value identity = nullptr;
  check(env, napi_create_bigint_uint64(env, reinterpret_cast<uintptr_t>(storage.unsafeGetStorageImpl()),
                                       &identity));
  return js::array(env, {identity, js::integer(env, static_cast<int64_t>(storage.nbytes()))});
}

// newStorage(bytes) -> a uint8 tensor over fresh memory that the caller fills.
napi_value newStorage(Call& call) {
  const int64_t bytes = js::toInteger(call.env, call[0], "bytes");
  if (bytes < 0) fail(ErrorKind::Argument, "bytes must not be negative");
  return call.addon.handles.wrap(at::empty({bytes}, at::TensorOptions(at::kByte)));
}

struct Range {
  char* data;
  size_t length;
};

Range rangeOf(napi_env env, const at::Tensor& tensor, napi_value offset, napi_value length) {
  const c10::Storage& storage = storageOf(tensor);
  if (!tensor.device().is_cpu()) fail(ErrorKind::Runtime, "only a storage on the CPU can be read or written");
  const int64_t start = js::toInteger(env, offset, "offset"), size = js::toInteger(env, length, "length");
  if (start < 0 || size < 0 || static_cast<uint64_t>(start) > storage.nbytes() ||
      static_cast<uint64_t>(size) > storage.nbytes() - static_cast<uint64_t>(start))
    fail(ErrorKind::Index, "the range lies outside the storage");
  return {static_cast<char*>(storage.mutable_data()) + start, static_cast<size_t>(size)};
}

// lendStorage(tensor, offset, length, use): calls use(buffer) with an ArrayBuffer over the storage's own
// memory and takes it back at the end, so that a file is read into a tensor, or written from it, without a
// copy between.
napi_value lendStorage(Call& call) {
  napi_env env = call.env;
  const at::Tensor held = js::tensor(call.addon, call[0], "the tensor");
  const Range range = rangeOf(env, held, call[1], call[2]);
  napi_value buffer = nullptr;
  bool lent = false;
  if (range.length) {
    const napi_status status =
        napi_create_external_arraybuffer(env, range.data, range.length, nullptr, nullptr, &buffer);
    lent = status == napi_ok;
    if (status != napi_no_external_buffers_allowed) check(env, status);
  }
  void* copy = nullptr;
  if (!lent) {
    check(env, napi_create_arraybuffer(env, range.length, &copy, &buffer));
    if (range.length) std::memcpy(copy, range.data, range.length);
  }
  napi_value receiver = js::undefined(env), result = nullptr;
  const napi_status status = napi_call_function(env, receiver, call[3], 1, &buffer, &result);
  if (!lent && range.length && status == napi_ok) std::memcpy(range.data, copy, range.length);
  if (lent) {
    // With an exception pending most of Node-API refuses to work: set it aside until the memory is back.
    napi_value pending = nullptr;
    if (status != napi_ok) napi_get_and_clear_last_exception(env, &pending);
    const napi_status back = napi_detach_arraybuffer(env, buffer);
    if (pending) napi_throw(env, pending);
    if (status == napi_ok) check(env, back);
  }
  if (status != napi_ok) throw PendingException();
  return result;
}

// Last element reached, as an index into the storage; an error instead of an overflow.
int64_t extent(int64_t offset, const std::vector<int64_t>& sizes, const std::vector<int64_t>& strides) {
  const char* tooLarge = "the tensor is too large";
  int64_t last = offset, count = 1;
  bool empty = false;
  if (offset < 0 || sizes.size() != strides.size())
    fail(ErrorKind::Argument, "offset, sizes and strides do not fit");
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0 || strides[i] < 0) fail(ErrorKind::Argument, "sizes and strides must not be negative");
    empty = empty || sizes[i] == 0;
    int64_t step = 0;
    if (__builtin_mul_overflow(count, std::max<int64_t>(sizes[i], 1), &count) ||
        __builtin_mul_overflow(std::max<int64_t>(sizes[i], 1) - 1, strides[i], &step) ||
        __builtin_add_overflow(last, step, &last))
      fail(ErrorKind::Argument, tooLarge);
  }
  return empty ? -1 : last;
}

// tensorOnStorage(storage, dtype, offset, sizes, strides): a tensor that shares the storage of another one.
napi_value tensorOnStorage(Call& call) {
  napi_env env = call.env;
  const at::Tensor base = js::tensor(call.addon, call[0], "storage");
  c10::ScalarType type;
  if (!toDType(call.addon.handles, call[1], &type)) fail(ErrorKind::Argument, "dtype must be a torch.dtype");
  const int64_t offset = js::toInteger(env, call[2], "offset");
  const auto sizes = js::integers(env, call[3], "sizes"), strides = js::integers(env, call[4], "strides");
  const c10::Storage& storage = storageOf(base);
  const int64_t last = extent(offset, sizes, strides);
  if (last >= 0 && static_cast<uint64_t>(last) >= storage.nbytes() / c10::elementSize(type))
    fail(ErrorKind::Index, "the tensor does not lie inside its storage");
  auto tensor = at::detail::make_tensor<c10::TensorImpl>(c10::Storage(storage), base.key_set(),
                                                         c10::scalarTypeToTypeMeta(type));
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides, offset);
  return call.addon.handles.wrap(std::move(tensor));
}

// sliceStorage(tensor, offset, bytes): a uint8 tensor with a storage of its own over part of another one's
// memory, which it keeps alive. A mapped file is cut into its storages this way.
napi_value sliceStorage(Call& call) {
  at::Tensor base = js::tensor(call.addon, call[0], "storage");
  const Range range = rangeOf(call.env, base, call[1], call[2]);
  return call.addon.handles.wrap(at::from_blob(
      range.data, {static_cast<int64_t>(range.length)}, [base](void*) {}, at::TensorOptions(at::kByte)));
}

}  // namespace

std::vector<Export> serialize_exports() {
  return {{"storageInfo", guarded<storageInfo>},
          {"newStorage", guarded<newStorage>},
          {"lendStorage", guarded<lendStorage>},
          {"tensorOnStorage", guarded<tensorOnStorage>},
          {"sliceStorage", guarded<sliceStorage>}};
}

}  // namespace ltn
