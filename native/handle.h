// Handles: how JavaScript holds a tensor, a generator or a graph node without ever holding a pointer.
//
// A handle is a Node-API external whose "pointer" is a number: tag of the environment, kind, generation and
// index of a slot in this table. Nothing is dereferenced before all four have been checked, so a forged,
// foreign or stale external is an error and never a crash; a type tag per object would cost a private
// property and a BigInt for the same safety.
//
// Why a table of weak references: Node-API's stable finalizers are queued until the event loop turns, so a
// synchronous loop would keep every result. The table asks each weak reference whether its external is gone
// (`sweep`), whenever the bytes that hang on handles have grown enough since the last time, and tells V8 how
// many they are, so that V8 collects in time. The finalizer does the same job for programs that return to the
// event loop.
//
// Making an external and its weak reference costs as much as a small operator. So the external of a tensor
// that was disposed of is lent to the next one, with its slot and generation, as long as the collector has
// not taken it: `dispose` says that nobody looks at the external any more.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/flat_hash_map.h>
#include <node_api.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace ltn {

enum class Kind : uint8_t { None, Tensor, Generator, Node, Function, DType, Layout, MemoryFormat, Script };

struct DeviceUse {
  int64_t tensors = 0;
  int64_t bytes = 0;
  int64_t peak = 0;
};

class Handles {
 public:
  explicit Handles(napi_env env);
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;

  // A JavaScript value for the tensor; an undefined tensor is null.
  napi_value wrap(at::Tensor tensor);
  napi_value wrap(Kind kind, std::shared_ptr<void> object);
  // A handle without a slot: the payload is all there is (dtype, layout, memory format).
  napi_value constant(Kind kind, uint32_t payload);

  // Null when the value is not a handle of this environment and kind. A disposed tensor gives null too;
  // `isStale` tells it from a foreign value.
  const at::Tensor* tensor(napi_value value) const;
  // What a handle stands for, in one look: null for a constant and for what has been disposed of.
  struct Look {
    Kind kind = Kind::None;
    uint32_t payload = 0;
    const at::Tensor* tensor = nullptr;
    bool alive = false;
  };
  // False when the value is no handle of this environment.
  bool look(napi_value value, Look* result) const;
  std::shared_ptr<void> object(napi_value value, Kind kind) const;
  bool constant(napi_value value, Kind kind, uint32_t* payload) const;
  Kind kind(napi_value value) const;
  bool isStale(napi_value value) const;

  bool dispose(napi_value value);
  // Frees every slot whose JavaScript handle has been collected; returns how many.
  size_t sweep();
  // Called once at the start of an entry point, where no JavaScript object is half built: tells V8 of the
  // bytes that came and went, which may collect, and sweeps when it is time. True when so much has piled up
  // all the same that the caller should collect: Deno's V8 hears of the bytes, but marks step by step as
  // JavaScript allocates, and a loop over tensors allocates next to nothing there.
  bool settle() {
    if (unreported_ >= kReportStep || unreported_ <= -kReportStep) report();
    if (pressure_ - lowest_ >= kSweepStep) sweep();
    return pressure_ > collectAt_;
  }
  // After a collection: frees what it found, and sets when the next one is due.
  void collected();
  // The environment ends: frees the tensors. The table itself stays, since late finalizers may still look.
  void close();

  const std::array<DeviceUse, 32>& use() const { return use_; }
  int64_t live() const { return live_; }
  void resetPeak();
  napi_env env() const { return env_; }

 private:
  struct Slot {
    at::Tensor tensor;
    std::shared_ptr<void> object;
    napi_ref ref = nullptr;
    c10::StorageImpl* storage = nullptr;
    uint32_t generation = 0;
    Kind kind = Kind::None;
    uint8_t device = 0;
  };
  struct StorageUse {
    int64_t handles = 0;
    int64_t bytes = 0;
  };

  static constexpr size_t kMostIdle = 1024;
  // V8 is told in steps, because each report may start a collection.
  static constexpr int64_t kReportStep = 1 << 20;
  // What was disposed of is not taken off V8's account up to so many bytes: where as much comes alive again,
  // nothing has grown, and V8, which starts a collection after 64 MB of growth, has no garbage to look for.
  static constexpr int64_t kMostCredit = 64 << 20;
  static constexpr int64_t kSweepStep = 64 << 20;
  static constexpr int64_t kCollectStep = 256 << 20;

  uint32_t take();
  napi_value publish(uint32_t index);
  // An idle slot whose external is still there; null when there is none.
  napi_value reuse(uint32_t* index);
  void release(uint32_t index);
  void empty(Slot& slot, at::Tensor* tensor, std::shared_ptr<void>* object);
  void drop(Slot& slot);
  void track(Slot& slot);
  void untrack(Slot& slot);
  void report();
  void credit(int64_t bytes);
  int64_t enough() const;
  const Slot* find(napi_value value) const;
  static void finalize(napi_env env, void* data, void* hint);

  napi_env env_;
  uint64_t tag_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> idle_;  // slots of no tensor whose external may be lent again
  ska::flat_hash_map<c10::StorageImpl*, StorageUse> storages_;
  std::array<DeviceUse, 32> use_{};
  int64_t live_ = 0;
  int64_t unreported_ = 0;  // bytes that V8 does not know of yet
  int64_t credit_ = 0;      // bytes of disposed tensors that V8 still counts
  int64_t pressure_ = 0;    // bytes that hang on handles, garbage included
  // The least of them since the last sweep. What a program disposes of itself is no garbage: counting what
  // came alive would ask all handles for nothing, in every epoch of a loop that frees its batches.
  int64_t lowest_ = 0;
  int64_t collectAt_ = kCollectStep;
};

}  // namespace ltn
