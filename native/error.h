// Errors: every entry point is guarded once, here. A C++ exception that leaves a callback ends the process.
#pragma once

#include <exception>
#include <string>

#include "addon.h"

namespace ltn {

// The kinds that ts/torch/errors.ts has a class for, in the same order.
enum class ErrorKind : int { Runtime, Argument, Index, Value, NotImplemented, OutOfMemory };

struct AddonError : std::exception {
  AddonError(ErrorKind k, std::string m) : kind(k), message(std::move(m)) {}
  const char* what() const noexcept override { return message.c_str(); }
  ErrorKind kind;
  std::string message;
};

// A JavaScript exception is pending already; only unwind.
struct PendingException : std::exception {};

// Node-API reported a failure: turns it into the pending exception or an error of ours.
void check(napi_env env, napi_status status);
[[noreturn]] void fail(ErrorKind kind, const std::string& message);

bool isOutOfMemory(const std::exception& error);
// Makes the exception in flight a pending JavaScript one; call it inside a catch block only.
void throwCurrent(Addon& addon, const char* op);

// Collects JavaScript garbage and frees what hangs on it.
void collectGarbage(Addon& addon);
// Collects JavaScript garbage, frees what hangs on it, and empties the allocators' caches.
void releaseMemory(Addon& addon);

napi_value enter(napi_env env, napi_callback_info info, Entry entry);

template <Entry entry>
napi_value guarded(napi_env env, napi_callback_info info) {
  return enter(env, info, entry);
}

}  // namespace ltn
