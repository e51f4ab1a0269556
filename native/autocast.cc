// Autocast: the dispatcher's own mode, which runs some operators in another dtype. What belongs to one
// stretch of code is decided in ts/torch/amp; here are the switches of this thread.
#include <ATen/autocast_mode.h>

#include "dtype.h"
#include "js.h"

namespace ltn {
namespace {

c10::DeviceType deviceType(Call& call) {
  return c10::Device(js::text(call.env, call[0])).type();
}

// autocastAvailable(device): whether this libtorch has the mode for that kind of device.
napi_value available(Call& call) {
  return js::boolean(call.env, at::autocast::is_autocast_available(deviceType(call)));
}

// getAutocast(device) -> [enabled, dtype, cache enabled]
napi_value get(Call& call) {
  const c10::DeviceType device = deviceType(call);
  return js::array(call.env,
                   {js::boolean(call.env, at::autocast::is_autocast_enabled(device)),
                    js::number(call.env, static_cast<double>(at::autocast::get_autocast_dtype(device))),
                    js::boolean(call.env, at::autocast::is_autocast_cache_enabled())});
}

// setAutocast(device, enabled, dtype, cache enabled)
napi_value set(Call& call) {
  const c10::DeviceType device = deviceType(call);
  c10::ScalarType dtype;
  if (!toDType(call.addon.handles, call[2], &dtype)) fail(ErrorKind::Argument, "dtype must be torch.dtype");
  at::autocast::set_autocast_enabled(device, js::toBool(call.env, call[1]));
  at::autocast::set_autocast_dtype(device, dtype);
  at::autocast::set_autocast_cache_enabled(js::toBool(call.env, call[3]));
  return js::undefined(call.env);
}

// autocastNesting(enter) -> how deep; the copies of weights that were cast go when the outermost stretch
// ends.
napi_value nesting(Call& call) {
  if (js::toBool(call.env, call[0])) return js::number(call.env, at::autocast::increment_nesting());
  const int depth = at::autocast::decrement_nesting();
  if (depth == 0) at::autocast::clear_cache();
  return js::number(call.env, depth);
}

napi_value clearCache(Call& call) {
  at::autocast::clear_cache();
  return js::undefined(call.env);
}

}  // namespace

std::vector<Export> autocast_exports() {
  return {{"autocastAvailable", guarded<available>},
          {"getAutocast", guarded<get>},
          {"setAutocast", guarded<set>},
          {"autocastNesting", guarded<nesting>},
          {"clearAutocastCache", guarded<clearCache>}};
}

}  // namespace ltn
