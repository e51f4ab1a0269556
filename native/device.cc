// Devices, threads, and what libtorch says of itself.
#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "js.h"

namespace ltn {
namespace {

napi_value versions(Call& call) {
  napi_env env = call.env;
  const napi_value result = js::object(env);
  js::set(env, result, "builtFor", js::string(env, TORCH_VERSION));
  js::set(env, result, "config", js::string(env, at::show_config()));
  return result;
}

napi_value cudaDeviceCount(Call& call) {
  return js::number(call.env, at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0);
}

// Waits for a device; the CPU has nothing to wait for.
napi_value synchronize(Call& call) {
  const c10::Device device(js::text(call.env, call[0]));
  if (!device.is_cpu())
    c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.has_index() ? device.index() : 0);
  return js::undefined(call.env);
}

napi_value releaseMemory(Call& call) {
  ltn::releaseMemory(call.addon);
  return js::undefined(call.env);
}

napi_value emptyCache(Call& call) {
  const auto accelerator = at::getAccelerator(false);
  if (accelerator.has_value()) at::getDeviceAllocator(*accelerator)->emptyCache();
  return js::undefined(call.env);
}

// deviceMemory(index) -> {allocated, reserved, peak, ...} of the caching allocator, or null without one.
napi_value deviceMemory(Call& call) {
  napi_env env = call.env;
  const auto accelerator = at::getAccelerator(false);
  if (!accelerator.has_value()) return js::null(env);
  const auto index = static_cast<c10::DeviceIndex>(js::toInteger(env, call[0], "the device's index"));
  auto* allocator = at::getDeviceAllocator(*accelerator);
  if (!allocator->initialized()) return js::null(env);
  const auto stats = allocator->getDeviceStats(index);
  const napi_value result = js::object(env);
  js::set(env, result, "allocated", js::integer(env, stats.allocated_bytes[0].current));
  js::set(env, result, "maxAllocated", js::integer(env, stats.allocated_bytes[0].peak));
  js::set(env, result, "reserved", js::integer(env, stats.reserved_bytes[0].current));
  js::set(env, result, "maxReserved", js::integer(env, stats.reserved_bytes[0].peak));
  return result;
}

napi_value resetDevicePeak(Call& call) {
  const auto accelerator = at::getAccelerator(false);
  if (accelerator.has_value() && at::getDeviceAllocator(*accelerator)->initialized())
    at::getDeviceAllocator(*accelerator)
        ->resetPeakStats(
            static_cast<c10::DeviceIndex>(js::toInteger(call.env, call[0], "the device's index")));
  return js::undefined(call.env);
}

// mapLargeBlocks(): every large block gets pages of its own and gives them back when it is freed.
// For runtimes that allocate small blocks between a tensor's and the next (Deno): glibc would put them into
// the hole that a freed tensor leaves, and then find no room there for the next one. It costs page faults.
napi_value mapLargeBlocks(Call& call) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
#endif
  return js::undefined(call.env);
}

napi_value getNumThreads(Call& call) {
  return js::number(call.env, at::get_num_threads());
}

napi_value setNumThreads(Call& call) {
  const int64_t count = js::toInteger(call.env, call[0], "the number of threads");
  if (count < 1 || count > 1 << 16) fail(ErrorKind::Value, "set_num_threads expects a positive integer");
  at::set_num_threads(static_cast<int>(count));
  return js::undefined(call.env);
}

}  // namespace

std::vector<Export> device_exports() {
  return {{"versions", guarded<versions>},
          {"cudaDeviceCount", guarded<cudaDeviceCount>},
          {"synchronize", guarded<synchronize>},
          {"releaseMemory", guarded<releaseMemory>},
          {"emptyCache", guarded<emptyCache>},
          {"deviceMemory", guarded<deviceMemory>},
          {"resetDevicePeak", guarded<resetDevicePeak>},
          {"mapLargeBlocks", guarded<mapLargeBlocks>},
          {"getNumThreads", guarded<getNumThreads>},
          {"setNumThreads", guarded<setNumThreads>}};
}

}  // namespace ltn
