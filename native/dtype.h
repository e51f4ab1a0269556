// Names of dtypes, layouts and memory formats as PyTorch writes them, and their handles.
#pragma once

#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>

#include "addon.h"

namespace ltn {

// "float32" for kFloat; null where Python has no name for it.
const char* dtypeName(c10::ScalarType type);
// The dtype behind a handle made by `enums()`; false when the value is something else.
bool toDType(const Handles& handles, napi_value value, c10::ScalarType* type);

}  // namespace ltn
