// JavaScript functions that libtorch calls: hooks on tensors, backward of a custom Function.
//
// Rule: JavaScript runs on its own thread only, and a reference may be deleted only there. The autograd
// engine, however, calls hooks on the thread of the device, and the last owner of a graph may be any thread.
// So a call from elsewhere is queued and awaited, while the JavaScript thread, which waits inside backward,
// serves the queue (`serveWhile`); and a reference that dies elsewhere is put on a list that the next entry
// point empties (`reap`).
#pragma once

#include <ATen/core/Tensor.h>
#include <node_api.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ltn {

struct Addon;

struct HeldReference;

// A JavaScript exception on its way through libtorch, possibly across threads, back to the caller.
class JsException : public std::exception {
 public:
  JsException(std::shared_ptr<HeldReference> held, std::string message);
  const char* what() const noexcept override { return message_.c_str(); }
  void rethrow(napi_env env) const;

 private:
  std::shared_ptr<HeldReference> held_;
  std::string message_;
};

class Callbacks {
 public:
  explicit Callbacks(napi_env env) : env_(env), thread_(std::this_thread::get_id()) {}

  // A strong reference that any thread may drop.
  std::shared_ptr<HeldReference> hold(napi_value value);
  bool onJsThread() const { return std::this_thread::get_id() == thread_; }

  // Runs `job` on the JavaScript thread and waits for it; its exception comes back here.
  void run(const std::function<void()>& job);
  // Runs `work` on another thread while this one serves the queue. Used when libtorch may call from its own.
  void serveWhile(const std::function<void()>& work);

  void bury(napi_ref reference);
  void reap() {
    if (hasDead_.load(std::memory_order_relaxed)) reapNow();
  }
  void close();
  // How many functions libtorch may call at the moment.
  std::atomic<int64_t> alive{0};

 private:
  struct Job {
    const std::function<void()>* body;
    std::exception_ptr error;
    bool done = false;
  };
  void reapNow();

  napi_env env_;
  std::thread::id thread_;
  std::mutex mutex_;
  std::condition_variable queued_, finished_;
  std::deque<Job*> jobs_;
  std::vector<napi_ref> dead_;
  std::atomic<bool> hasDead_{false};
  int serving_ = 0;
  bool closed_ = false;
};

struct HeldReference {
  HeldReference(Callbacks& c, napi_ref r) : callbacks(c), reference(r) {}
  ~HeldReference() { callbacks.bury(reference); }
  HeldReference(const HeldReference&) = delete;
  HeldReference& operator=(const HeldReference&) = delete;
  Callbacks& callbacks;
  napi_ref reference;
};

// A function that takes tensors and gives tensors (or null), callable from any thread.
class JsFunction {
 public:
  JsFunction(Addon& addon, napi_value function);
  ~JsFunction();
  JsFunction(const JsFunction&) = delete;
  JsFunction& operator=(const JsFunction&) = delete;
  std::vector<at::Tensor> operator()(const std::vector<at::Tensor>& arguments) const;

 private:
  std::vector<at::Tensor> callHere(const std::vector<at::Tensor>& arguments) const;

  Addon& addon_;
  std::shared_ptr<HeldReference> held_;
};

}  // namespace ltn
