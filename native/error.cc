#include "error.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/core/CachingHostAllocator.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/util/Exception.h>

#include <regex>

#include "allocator.h"
#include "js.h"

namespace ltn {
namespace {

// libtorch's text without the C++ frames and without the "Exception raised from" line. Without Python it
// calls a torch.FloatTensor CPUFloatType; its users know the former.
std::string shortText(const c10::Error& error) {
  std::string text = error.what_without_backtrace();
  const auto raised = text.find("\nException raised from ");
  if (raised != std::string::npos) text.resize(raised);
  if (text.find("Type") == std::string::npos) return text;
  static const std::regex type(
      "\\b(CPU|CUDA)((?:Complex)?(?:BFloat16|Float|Double|Half)|Byte|Char|Short|Int|Long|Bool)Type\\b");
  std::string result;
  auto rest = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), type), end; it != end; ++it) {
    result.append(rest, (*it)[0].first);
    result += ((*it)[1] == "CPU" ? "torch." : "torch.cuda.") + (*it)[2].str() + "Tensor";
    rest = (*it)[0].second;
  }
  return result.append(rest, text.cend());
}

// Called while an exception is handled, where another one would end the process: so no check() here.
void throwError(Addon& addon, ErrorKind kind, const std::string& message, const char* op) {
  napi_env env = addon.env;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) return;
  napi_value factory = nullptr, undefined = nullptr, error = nullptr;
  napi_get_undefined(env, &undefined);
  if (addon.errorClass && napi_get_reference_value(env, addon.errorClass, &factory) == napi_ok && factory) {
    napi_value args[3] = {undefined, undefined, undefined};
    napi_create_int32(env, static_cast<int>(kind), &args[0]);
    napi_create_string_utf8(env, message.data(), message.size(), &args[1]);
    if (op) napi_create_string_utf8(env, op, NAPI_AUTO_LENGTH, &args[2]);
    if (napi_call_function(env, undefined, factory, 3, args, &error) == napi_ok) {
      napi_throw(env, error);
      return;
    }
    // The factory itself failed; its exception is as good as ours.
    return;
  }
  napi_throw_error(env, nullptr, message.c_str());
}

}  // namespace

void check(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw PendingException();
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  fail(ErrorKind::Argument, info && info->error_message ? info->error_message : "invalid argument");
}

void fail(ErrorKind kind, const std::string& message) {
  throw AddonError(kind, message);
}

bool isOutOfMemory(const std::exception& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) || dynamic_cast<const std::bad_alloc*>(&error))
    return true;
  // The CPU allocator reports with a plain c10::Error.
  const auto* c10error = dynamic_cast<const c10::Error*>(&error);
  return c10error &&
         std::string(c10error->what_without_backtrace()).find("can't allocate memory") != std::string::npos;
}

void throwCurrent(Addon& addon, const char* op) {
  try {
    throw;
  } catch (const PendingException&) {
  } catch (const JsException& error) {
    error.rethrow(addon.env);
  } catch (const AddonError& error) {
    throwError(addon, error.kind, error.message, op);
  } catch (const c10::Error& error) {
    auto kind = ErrorKind::Runtime;
    if (isOutOfMemory(error))
      kind = ErrorKind::OutOfMemory;
    else if (dynamic_cast<const c10::IndexError*>(&error))
      kind = ErrorKind::Index;
    else if (dynamic_cast<const c10::ValueError*>(&error))
      kind = ErrorKind::Value;
    else if (dynamic_cast<const c10::TypeError*>(&error))
      kind = ErrorKind::Argument;
    else if (dynamic_cast<const c10::NotImplementedError*>(&error))
      kind = ErrorKind::NotImplemented;
    throwError(addon, kind, shortText(error), op);
  } catch (const std::bad_alloc&) {
    throwError(addon, ErrorKind::OutOfMemory, "out of memory", op);
  } catch (const std::exception& error) {
    throwError(addon, ErrorKind::Runtime, error.what(), op);
  } catch (...) {
    throwError(addon, ErrorKind::Runtime, "internal: an exception of an unknown type", op);
  }
}

void collectGarbage(Addon& addon) {
  napi_env env = addon.env;
  napi_value collect = nullptr, undefined = nullptr, error = nullptr;
  napi_get_undefined(env, &undefined);
  if (addon.collectGarbage && napi_get_reference_value(env, addon.collectGarbage, &collect) == napi_ok &&
      collect && napi_call_function(env, undefined, collect, 0, nullptr, nullptr) != napi_ok)
    // A runtime that lends us no collector: memory stays as it is, which is no reason for the call to fail.
    napi_get_and_clear_last_exception(env, &error);
  addon.handles.collected();
}

void releaseMemory(Addon& addon) {
  collectGarbage(addon);
  emptyAllocator();
  const auto accelerator = at::getAccelerator(false);
  if (accelerator.has_value()) at::getDeviceAllocator(*accelerator)->emptyCache();
}

napi_value enter(napi_env env, napi_callback_info info, Entry entry) {
  void* data = nullptr;
  size_t argc = Call::kUsualArguments;
  napi_value argv[Call::kMaxArguments];
  napi_status status = napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  if (status == napi_ok && argc > Call::kUsualArguments) {
    argc = Call::kMaxArguments;
    status = napi_get_cb_info(env, info, &argc, argv, nullptr, &data);
  }
  if (status != napi_ok) {
    napi_throw_error(env, nullptr, "internal: no call information");
    return nullptr;
  }
  auto& addon = *static_cast<Addon*>(data);
  try {
    if (argc > Call::kMaxArguments)
      fail(ErrorKind::Argument, "too many arguments (" + std::to_string(argc) + ")");
    addon.callbacks.reap();
    if (addon.handles.settle()) collectGarbage(addon);
    Call call{env, addon, argc, argv};
    const napi_value result = entry(call);
    if (addon.warnings.any()) addon.warnings.emit(addon);
    return result;
  } catch (...) {
    throwCurrent(addon, nullptr);
    return nullptr;
  }
}

}  // namespace ltn
