#include "callback.h"

#include <ATen/ThreadLocalState.h>

#include "error.h"
#include "js.h"

namespace ltn {

JsException::JsException(std::shared_ptr<HeldReference> held, std::string message)
    : held_(std::move(held)), message_(std::move(message)) {}

void JsException::rethrow(napi_env env) const {
  napi_value error = nullptr;
  if (napi_get_reference_value(env, held_->reference, &error) == napi_ok && error) {
    // Primitives cannot be referenced before Node-API 10, so the exception travels in an array.
    napi_value value = nullptr;
    napi_get_element(env, error, 0, &value);
    napi_throw(env, value);
  } else {
    napi_throw_error(env, nullptr, message_.c_str());
  }
}

std::shared_ptr<HeldReference> Callbacks::hold(napi_value value) {
  napi_ref reference = nullptr;
  check(env_, napi_create_reference(env_, value, 1, &reference));
  return std::make_shared<HeldReference>(*this, reference);
}

void Callbacks::bury(napi_ref reference) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  dead_.push_back(reference);
  hasDead_ = true;
}

void Callbacks::reapNow() {
  std::vector<napi_ref> dead;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    dead.swap(dead_);
    hasDead_ = false;
  }
  for (const napi_ref reference : dead) napi_delete_reference(env_, reference);
}

void Callbacks::close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  dead_.clear();
}

void Callbacks::run(const std::function<void()>& job) {
  if (onJsThread()) return job();
  Job entry{&job, nullptr};
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_ || serving_ == 0)
    fail(ErrorKind::Runtime, "a hook was called on another thread while JavaScript was not waiting for it");
  jobs_.push_back(&entry);
  queued_.notify_one();
  finished_.wait(lock, [&] { return entry.done; });
  lock.unlock();
  if (entry.error) std::rethrow_exception(entry.error);
}

void Callbacks::serveWhile(const std::function<void()>& work) {
  bool over = false;
  std::exception_ptr error;
  const at::ThreadLocalState state;  // gradient mode and the like are per thread
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++serving_;
  }
  std::thread worker([&] {
    try {
      const at::ThreadLocalStateGuard guard(state);
      work();
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    over = true;
    queued_.notify_all();
  });
  std::unique_lock<std::mutex> lock(mutex_);
  while (!over) {
    queued_.wait(lock, [&] { return over || !jobs_.empty(); });
    while (!jobs_.empty()) {
      Job* job = jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      try {
        (*job->body)();
      } catch (...) {
        job->error = std::current_exception();
      }
      lock.lock();
      job->done = true;
      finished_.notify_all();
    }
  }
  --serving_;
  lock.unlock();
  worker.join();
  if (error) std::rethrow_exception(error);
}

JsFunction::JsFunction(Addon& addon, napi_value function)
    : addon_(addon), held_(addon.callbacks.hold(function)) {
  ++addon_.callbacks.alive;
}

JsFunction::~JsFunction() {
  --addon_.callbacks.alive;
}

std::vector<at::Tensor> JsFunction::operator()(const std::vector<at::Tensor>& arguments) const {
  std::vector<at::Tensor> results;
  // Another thread's gradient mode holds for the call: with create_graph the hook's work is recorded.
  const at::ThreadLocalState state;
  addon_.callbacks.run([&] {
    const at::ThreadLocalStateGuard guard(state);
    results = callHere(arguments);
  });
  return results;
}

std::vector<at::Tensor> JsFunction::callHere(const std::vector<at::Tensor>& arguments) const {
  napi_env env = addon_.env;
  const js::HandleScope scope(env);
  napi_value function = nullptr, result = nullptr;
  check(env, napi_get_reference_value(env, held_->reference, &function));
  if (!function) fail(ErrorKind::Runtime, "the hook's function is gone");
  std::vector<napi_value> values;
  values.reserve(arguments.size());
  for (const auto& tensor : arguments) values.push_back(addon_.handles.wrap(tensor));
  const napi_status status =
      napi_call_function(env, js::undefined(env), function, values.size(), values.data(), &result);
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) {
    napi_value error = nullptr, box = nullptr, text = nullptr;
    napi_get_and_clear_last_exception(env, &error);
    check(env, napi_create_array_with_length(env, 1, &box));
    napi_set_element(env, box, 0, error);
    std::string message = "an exception was thrown in JavaScript";
    if (napi_coerce_to_string(env, error, &text) == napi_ok)
      message = js::text(env, text);
    else  // a Symbol, or an object whose toString() throws
      napi_get_and_clear_last_exception(env, &text);
    throw JsException(addon_.callbacks.hold(box), message);
  }
  check(env, status);
  return js::tensors(addon_, result, "the result of the function");
}

}  // namespace ltn
