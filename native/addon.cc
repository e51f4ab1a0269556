// The addon's table of contents, and the life of one environment.
#include "addon.h"

#include <c10/core/InferenceMode.h>

#include "allocator.h"
#include "error.h"
#include "js.h"
#include "operator.h"
#include "process.h"

namespace ltn {
namespace {

// initialize({makeError, collectGarbage, warn}): functions of ts/native.ts that the addon calls.
napi_value initialize(Call& call) {
  napi_env env = call.env;
  const auto keep = [&](const char* name) {
    napi_value function = nullptr;
    napi_ref reference = nullptr;
    check(env, napi_get_named_property(env, call[0], name, &function));
    check(env, napi_create_reference(env, function, 1, &reference));
    return reference;
  };
  call.addon.errorClass = keep("makeError");
  call.addon.collectGarbage = keep("collectGarbage");
  call.addon.warn = keep("warn");
  call.addon.warnings.install();
  return js::undefined(env);
}

// The environment ends: free what it holds. The Addon itself stays, a few hundred bytes, because graphs that
// live on elsewhere and late finalizers may still ask it whether it is closed.
void close(napi_env, void* data, void*) {
  auto* addon = static_cast<Addon*>(data);
  addon->callbacks.close();
  addon->inference.reset();
  addon->handles.close();
  addon->operators.clear();
}

napi_value start(napi_env env, napi_value exports) {
  prepareProcess();
  installAllocator();
  auto* addon = new Addon(env);
  if (napi_set_instance_data(env, addon, close, nullptr) != napi_ok) return nullptr;
  const std::vector<Export> own = {{"initialize", guarded<initialize>}};
  for (const auto& part :
       {own, tensor_exports(), operator_exports(), dtype_exports(), storage_exports(), autograd_exports(),
        function_exports(), random_exports(), device_exports(), crc32_exports(), serialize_exports(),
        jit_exports(), autocast_exports(), gather_exports()}) {
    for (const Export& item : part) {
      napi_value function = nullptr;
      if (napi_create_function(env, item.name, NAPI_AUTO_LENGTH, item.callback, addon, &function) !=
              napi_ok ||
          napi_set_named_property(env, exports, item.name, function) != napi_ok)
        return nullptr;
    }
  }
  return exports;
}

}  // namespace
}  // namespace ltn

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  return ltn::start(env, exports);
}
