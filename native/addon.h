// The one place that includes Node-API and sets its version; every other file includes this one.
// Node-API 8 is all we use: an addon registered for version 10 crashes Node 20 at load.
#pragma once

#ifndef NAPI_VERSION
#define NAPI_VERSION 8
#endif
#include <node_api.h>
#include <torch/csrc/api/include/torch/version.h>

#include <memory>
#include <vector>

#include "callback.h"
#include "handle.h"
#include "warning.h"

static_assert(TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 11 && TORCH_VERSION_MINOR <= 14,
              "libtorch-node compiles against libtorch 2.11 to 2.14");

namespace c10 {
struct InferenceMode;
}

namespace ltn {

struct Operator;

// Everything that belongs to one JavaScript environment (the main thread or one worker). Nothing of ours is
// static except counters, so that environments never see each other's handles.
struct Addon {
  explicit Addon(napi_env e) : env(e), handles(e), callbacks(e) {}

  napi_env env;
  Handles handles;
  Callbacks callbacks;
  Warnings warnings;
  std::vector<std::shared_ptr<Operator>> operators;

  // Given by ts/native.ts at start: what makes errors, collects garbage and emits warnings.
  napi_ref errorClass = nullptr;
  napi_ref collectGarbage = nullptr;
  napi_ref warn = nullptr;

  // The guard object is how libtorch enters inference mode; it lives here between two calls.
  std::shared_ptr<c10::InferenceMode> inference;
};

// One call from JavaScript: its environment and arguments.
struct Call {
  static constexpr size_t kMaxArguments = 40;
  // Asking for more than these costs a store for each that is not given.
  static constexpr size_t kUsualArguments = 8;
  napi_env env;
  Addon& addon;
  size_t argc;
  const napi_value* argv;

  // Node-API fills what was not given with undefined, up to kUsualArguments.
  napi_value operator[](size_t i) const { return argv[i]; }
};

using Entry = napi_value (*)(Call&);
struct Export {
  const char* name;
  napi_callback callback;
};

// Each file of the addon offers one list of exports; addon.cc joins them.
std::vector<Export> tensor_exports();
std::vector<Export> operator_exports();
std::vector<Export> dtype_exports();
std::vector<Export> storage_exports();
std::vector<Export> autograd_exports();
std::vector<Export> function_exports();
std::vector<Export> random_exports();
std::vector<Export> device_exports();
std::vector<Export> crc32_exports();
std::vector<Export> serialize_exports();
std::vector<Export> jit_exports();
std::vector<Export> autocast_exports();
std::vector<Export> gather_exports();

}  // namespace ltn
