#include "warning.h"

#include <c10/util/Exception.h>

#include "js.h"

namespace ltn {
namespace {

// Anomaly mode tells where forward ran, in frames of C++ that say nothing to a reader of JavaScript.
std::string withoutFrames(std::string text) {
  for (const char* start : {" Traceback of forward call", "frame #0:"})
    if (const auto at = text.find(start); at != std::string::npos) text.resize(at);
  return text;
}

// Lives as long as the process: libtorch keeps a pointer per thread and may warn at any time.
class Handler : public c10::WarningHandler {
 public:
  explicit Handler(Warnings& warnings) : warnings_(warnings) {}
  void process(const c10::Warning& warning) override { warnings_.add(withoutFrames(warning.msg())); }

 private:
  Warnings& warnings_;
};

}  // namespace

void Warnings::install() {
  c10::WarningUtils::set_warning_handler(new Handler(*this));
}

void Warnings::add(std::string text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  texts_.push_back(std::move(text));
  any_ = true;
}

void Warnings::emit(Addon& addon) {
  std::vector<std::string> texts;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    texts.swap(texts_);
    any_ = false;
  }
  napi_env env = addon.env;
  napi_value warn = nullptr;
  if (!addon.warn || napi_get_reference_value(env, addon.warn, &warn) != napi_ok || !warn) return;
  for (const auto& text : texts) {
    const napi_value argument = js::string(env, text);
    if (napi_call_function(env, js::undefined(env), warn, 1, &argument, nullptr) != napi_ok) return;
  }
}

}  // namespace ltn
