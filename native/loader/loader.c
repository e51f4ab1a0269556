// Opens a shared library with global symbols and leaves it open. process.dlopen cannot do this: it closes
// whatever does not register itself as an addon. Knows nothing of libtorch, so it loads where libtorch is
// missing or unfit.
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <dlfcn.h>
#include <string.h>
#endif

static napi_value fail(napi_env env, const char* text) {
  napi_throw_error(env, "ERR_DLOPEN_FAILED", text);
  return NULL;
}

#ifdef _WIN32
// LOAD_WITH_ALTERED_SEARCH_PATH: dependencies are looked for beside the library, as $ORIGIN does elsewhere.
static napi_value open_library(napi_env env, napi_value path) {
  size_t length = 0;
  if (napi_get_value_string_utf16(env, path, NULL, 0, &length) != napi_ok)
    return fail(env, "path is not a string");
  char16_t* text = malloc((length + 1) * sizeof(char16_t));
  if (text == NULL) return fail(env, "out of memory");
  napi_get_value_string_utf16(env, path, text, length + 1, &length);
  HMODULE handle = LoadLibraryExW((LPCWSTR)text, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
  DWORD code = GetLastError();
  free(text);
  if (handle != NULL) return NULL;
  char reason[512];
  DWORD count = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code, 0,
                               reason, sizeof(reason), NULL);
  if (count == 0) snprintf(reason, sizeof(reason), "LoadLibrary failed with code %lu", (unsigned long)code);
  return fail(env, reason);
}
#else
static napi_value open_library(napi_env env, napi_value path, bool global) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, path, NULL, 0, &length) != napi_ok)
    return fail(env, "path is not a string");
  char* text = malloc(length + 1);
  if (text == NULL) return fail(env, "out of memory");
  napi_get_value_string_utf8(env, path, text, length + 1, &length);
  // A NUL inside would make dlopen see another, shorter path; an empty one would open the program itself.
  if (length == 0 || strlen(text) != length) {
    free(text);
    return fail(env, "path is empty or has a NUL character");
  }
  void* handle = dlopen(text, RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL));
  free(text);
  if (handle == NULL) {
    const char* reason = dlerror();
    return fail(env, reason != NULL ? reason : "dlopen failed");
  }
  return NULL;
}
#endif

// open(path, global = true): undefined, or an Error with the system's own words.
static napi_value open_export(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 1)
    return fail(env, "open(path, global): path is missing");
#ifdef _WIN32
  return open_library(env, arguments[0]);
#else
  bool global = true;
  if (count > 1 && napi_get_value_bool(env, arguments[1], &global) != napi_ok) global = true;
  return open_library(env, arguments[0], global);
#endif
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  napi_value function = NULL;
  if (napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_export, NULL, &function) != napi_ok ||
      napi_set_named_property(env, exports, "open", function) != napi_ok)
    return NULL;
  return exports;
}
