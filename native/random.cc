// Seeds and generators. The CPU generator is the one Python uses, so equal seeds give equal numbers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include "js.h"

namespace ltn {
namespace {

// No argument or null means the default generator of the CPU.
at::Generator generatorOf(Call& call, napi_value value) {
  if (!value || js::isNullish(call.env, value)) return at::detail::getDefaultCPUGenerator();
  if (js::type(call.env, value) == napi_string)
    return at::globalContext().defaultGenerator(c10::Device(js::text(call.env, value)));
  const auto held = call.addon.handles.object(value, Kind::Generator);
  if (!held) fail(ErrorKind::Argument, "argument 'generator' must be torch.Generator");
  return *std::static_pointer_cast<at::Generator>(held);
}

uint64_t toSeed(napi_env env, napi_value value) {
  // Python accepts -0x8000_0000_0000_0000 to 0xffff_ffff_ffff_ffff and takes negative ones modulo 2^64.
  if (js::type(env, value) == napi_bigint) {
    uint64_t seed = 0;
    int64_t negative = 0;
    bool lossless = false;
    check(env, napi_get_value_bigint_uint64(env, value, &seed, &lossless));
    if (lossless) return seed;
    check(env, napi_get_value_bigint_int64(env, value, &negative, &lossless));
    if (lossless) return static_cast<uint64_t>(negative);
    fail(ErrorKind::Value, "argument 'seed' does not fit into 64 bits");
  }
  return static_cast<uint64_t>(js::toInteger(env, value, "argument 'seed'"));
}

napi_value seedValue(napi_env env, uint64_t seed) {
  if (seed <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return js::integer(env, static_cast<int64_t>(seed));
  napi_value result = nullptr;
  check(env, napi_create_bigint_uint64(env, seed, &result));
  return result;
}

napi_value newGenerator(Call& call) {
  const c10::Device device(js::isNullish(call.env, call[0]) ? "cpu" : js::text(call.env, call[0]));
  const at::Generator generator =
      device.is_cpu()
          ? at::detail::createCPUGenerator()
          : at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
  return call.addon.handles.wrap(Kind::Generator, std::make_shared<at::Generator>(generator));
}

napi_value defaultGenerator(Call& call) {
  return call.addon.handles.wrap(Kind::Generator,
                                 std::make_shared<at::Generator>(generatorOf(call, nullptr)));
}

// manualSeed(seed, generator?): without a generator every device is seeded.
napi_value manualSeed(Call& call) {
  const uint64_t seed = toSeed(call.env, call[0]);
  if (js::isNullish(call.env, call[1])) {
    at::manual_seed(seed);
    return js::undefined(call.env);
  }
  at::Generator generator = generatorOf(call, call[1]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(seed);
  return js::undefined(call.env);
}

napi_value initialSeed(Call& call) {
  return seedValue(call.env, generatorOf(call, call[0]).current_seed());
}

napi_value seed(Call& call) {
  at::Generator generator = generatorOf(call, call[0]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  return seedValue(call.env, generator.seed());
}

napi_value getState(Call& call) {
  at::Generator generator = generatorOf(call, call[0]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  return call.addon.handles.wrap(generator.get_state());
}

napi_value setState(Call& call) {
  const at::Tensor state = js::tensor(call.addon, call[0], "argument 'new_state'");
  at::Generator generator = generatorOf(call, call[1]);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
  return js::undefined(call.env);
}

napi_value generatorDevice(Call& call) {
  return js::string(call.env, generatorOf(call, call[0]).device().str());
}

}  // namespace

std::vector<Export> random_exports() {
  return {{"newGenerator", guarded<newGenerator>},
          {"defaultGenerator", guarded<defaultGenerator>},
          {"manualSeed", guarded<manualSeed>},
          {"initialSeed", guarded<initialSeed>},
          {"seed", guarded<seed>},
          {"getRngState", guarded<getState>},
          {"setRngState", guarded<setState>},
          {"generatorDevice", guarded<generatorDevice>}};
}

}  // namespace ltn
