#include "handle.h"

#include <c10/core/StorageImpl.h>

#include <algorithm>
#include <atomic>

namespace ltn {
namespace {

// tag: 16 bits with the highest set, so that no real user-space pointer can look like a handle.
constexpr int kIndexBits = 26, kGenerationBits = 18, kKindBits = 4;
constexpr uint64_t kIndexMask = (1ull << kIndexBits) - 1;
constexpr uint64_t kGenerationMask = (1ull << kGenerationBits) - 1;
constexpr uint64_t kKindMask = (1ull << kKindBits) - 1;

// What a handle costs besides its storage (tensor, slot, external, reference), so that V8 sees small tensors
// too. Measured with one-element results in a loop: 1024 keeps 60,000 of them and 230 MB, 256 keeps 190,000
// and 350 MB.
constexpr int64_t kSlotBytes = 1024;
// A byte on an accelerator presses on the JavaScript heap less than a byte of the machine's own memory.
constexpr int64_t kDeviceShare = 8;

std::atomic<uint64_t> nextTag{0x8000};

uint64_t pack(uint64_t tag, Kind kind, uint32_t generation, uint32_t index) {
  return (tag << (kIndexBits + kGenerationBits + kKindBits)) |
         (static_cast<uint64_t>(kind) << (kIndexBits + kGenerationBits)) |
         (static_cast<uint64_t>(generation) << kIndexBits) | index;
}
Kind kindOf(uint64_t packed) {
  return static_cast<Kind>((packed >> (kIndexBits + kGenerationBits)) & kKindMask);
}
uint32_t generationOf(uint64_t packed) {
  return (packed >> kIndexBits) & kGenerationMask;
}
uint32_t indexOf(uint64_t packed) {
  return packed & kIndexMask;
}

int64_t pressure(uint8_t device, int64_t bytes) {
  return device == 0 ? bytes : bytes / kDeviceShare;
}

bool read(napi_env env, napi_value value, uint64_t tag, uint64_t* packed) {
  void* data = nullptr;
  // An object that is no external fails here without an exception.
  if (napi_get_value_external(env, value, &data) != napi_ok) return false;
  *packed = reinterpret_cast<uint64_t>(data);
  return (*packed >> (kIndexBits + kGenerationBits + kKindBits)) == tag;
}

}  // namespace

Handles::Handles(napi_env env) : env_(env), tag_(0x8000 | (nextTag.fetch_add(1) & 0x7fff)) {
  slots_.reserve(1024);
}

void Handles::close() {
  for (auto& slot : slots_) {
    if (slot.ref) napi_delete_reference(env_, slot.ref);
    slot.ref = nullptr;
  }
  // Move first: the destructor of a graph may reach this table again.
  const auto slots = std::move(slots_);
  slots_.clear();
  free_.clear();
  idle_.clear();
  storages_.clear();
}

uint32_t Handles::take() {
  if (free_.empty()) {
    if (slots_.size() > kIndexMask) throw std::bad_alloc();
    slots_.emplace_back();
    return static_cast<uint32_t>(slots_.size() - 1);
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  return index;
}

void Handles::finalize(napi_env, void* data, void* hint) {
  auto* self = static_cast<Handles*>(hint);
  const auto packed = reinterpret_cast<uint64_t>(data);
  const uint32_t index = indexOf(packed);
  // A sweep or dispose() may have been faster, and the slot may already serve another tensor.
  if (index < self->slots_.size() && self->slots_[index].kind != Kind::None &&
      self->slots_[index].generation == generationOf(packed))
    self->release(index);
}

napi_value Handles::publish(uint32_t index) {
  Slot& slot = slots_[index];
  void* data = reinterpret_cast<void*>(pack(tag_, slot.kind, slot.generation, index));
  napi_value external = nullptr;
  if (napi_create_external(env_, data, nullptr, nullptr, &external) != napi_ok ||
      napi_add_finalizer(env_, external, data, finalize, this, &slots_[index].ref) != napi_ok) {
    release(index);
    throw std::bad_alloc();
  }
  return external;
}

napi_value Handles::reuse(uint32_t* index) {
  while (!idle_.empty()) {
    Slot& slot = slots_[*index = idle_.back()];
    idle_.pop_back();
    napi_value external = nullptr;
    if (slot.ref) napi_get_reference_value(env_, slot.ref, &external);
    if (external) return external;
    // The collector was faster. Its finalizer is on the way, so the slot changes its generation.
    drop(slot);
    free_.push_back(*index);
  }
  return nullptr;
}

napi_value Handles::wrap(at::Tensor tensor) {
  if (!tensor.defined()) {
    napi_value null = nullptr;
    napi_get_null(env_, &null);
    return null;
  }
  uint32_t index = 0;
  if (const napi_value external = reuse(&index)) {
    Slot& slot = slots_[index];
    slot.kind = Kind::Tensor;
    slot.tensor = std::move(tensor);
    track(slot);
    return external;
  }
  index = take();
  Slot& slot = slots_[index];
  slot.kind = Kind::Tensor;
  slot.tensor = std::move(tensor);
  track(slot);
  return publish(index);
}

napi_value Handles::wrap(Kind kind, std::shared_ptr<void> object) {
  const uint32_t index = take();
  slots_[index].kind = kind;
  slots_[index].object = std::move(object);
  return publish(index);
}

napi_value Handles::constant(Kind kind, uint32_t payload) {
  napi_value external = nullptr;
  napi_create_external(env_, reinterpret_cast<void*>(pack(tag_, kind, 0, payload)), nullptr, nullptr,
                       &external);
  return external;
}

const Handles::Slot* Handles::find(napi_value value) const {
  uint64_t packed;
  if (!read(env_, value, tag_, &packed)) return nullptr;
  const uint32_t index = indexOf(packed);
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
  return slot.kind == kindOf(packed) && slot.generation == generationOf(packed) ? &slot : nullptr;
}

bool Handles::look(napi_value value, Look* result) const {
  uint64_t packed;
  if (!read(env_, value, tag_, &packed)) return false;
  const uint32_t index = indexOf(packed);
  result->kind = kindOf(packed);
  result->payload = index;
  if (index < slots_.size()) {
    const Slot& slot = slots_[index];
    result->alive = slot.kind == result->kind && slot.generation == generationOf(packed);
    if (result->alive && result->kind == Kind::Tensor) result->tensor = &slot.tensor;
  }
  return true;
}

const at::Tensor* Handles::tensor(napi_value value) const {
  const Slot* slot = find(value);
  return slot && slot->kind == Kind::Tensor ? &slot->tensor : nullptr;
}

std::shared_ptr<void> Handles::object(napi_value value, Kind kind) const {
  const Slot* slot = find(value);
  return slot && slot->kind == kind ? slot->object : nullptr;
}

bool Handles::constant(napi_value value, Kind kind, uint32_t* payload) const {
  uint64_t packed;
  if (!read(env_, value, tag_, &packed) || kindOf(packed) != kind) return false;
  *payload = indexOf(packed);
  return true;
}

Kind Handles::kind(napi_value value) const {
  uint64_t packed;
  return read(env_, value, tag_, &packed) ? kindOf(packed) : Kind::None;
}

bool Handles::isStale(napi_value value) const {
  const Kind k = kind(value);
  return (k == Kind::Tensor || k == Kind::Generator || k == Kind::Node || k == Kind::Function ||
          k == Kind::Script) &&
         !find(value);
}

bool Handles::dispose(napi_value value) {
  const Slot* slot = find(value);
  if (!slot) return false;
  const auto index = static_cast<uint32_t>(slot - slots_.data());
  if (slot->kind != Kind::Tensor || !slot->ref || idle_.size() >= kMostIdle) {
    release(index);
    return true;
  }
  // Freeing a graph may run destructors that reach this table again: leave it consistent first.
  at::Tensor tensor;
  std::shared_ptr<void> object;
  const int64_t before = unreported_;
  empty(slots_[index], &tensor, &object);
  credit(before - unreported_);
  idle_.push_back(index);
  return true;
}

void Handles::credit(int64_t bytes) {
  const int64_t kept = std::min(bytes, kMostCredit - credit_);
  credit_ += kept;
  unreported_ += kept;
}

void Handles::empty(Slot& slot, at::Tensor* tensor, std::shared_ptr<void>* object) {
  untrack(slot);
  *tensor = std::move(slot.tensor);
  *object = std::move(slot.object);
  slot.kind = Kind::None;
}

// The external is gone, or nobody may use it again.
void Handles::drop(Slot& slot) {
  const napi_ref ref = slot.ref;
  slot.ref = nullptr;
  slot.generation = (slot.generation + 1) & kGenerationMask;
  if (ref) napi_delete_reference(env_, ref);
}

void Handles::release(uint32_t index) {
  at::Tensor tensor;
  std::shared_ptr<void> object;
  empty(slots_[index], &tensor, &object);
  drop(slots_[index]);
  free_.push_back(index);
}

size_t Handles::sweep() {
  size_t freed = 0;
  constexpr size_t kChunk = 1024;  // asking a living reference makes a local handle: let them go in portions
  for (size_t begin = 0; begin < slots_.size(); begin += kChunk) {
    napi_handle_scope scope;
    napi_open_handle_scope(env_, &scope);
    const size_t end = std::min(slots_.size(), begin + kChunk);
    for (size_t i = begin; i < end; ++i) {
      if (!slots_[i].ref) continue;
      napi_value alive = nullptr;
      napi_get_reference_value(env_, slots_[i].ref, &alive);
      if (alive) continue;
      // An idle slot stays idle: reuse() finds out that it has no external.
      if (slots_[i].kind == Kind::None) {
        drop(slots_[i]);
        continue;
      }
      release(static_cast<uint32_t>(i));
      ++freed;
    }
    napi_close_handle_scope(env_, scope);
  }
  lowest_ = pressure_;
  collectAt_ = std::min(collectAt_, enough());
  return freed;
}

void Handles::track(Slot& slot) {
  ++live_;
  slot.device = static_cast<uint8_t>(slot.tensor.device().type());
  DeviceUse& use = use_[slot.device];
  ++use.tensors;
  int64_t fresh = kSlotBytes;
  if (slot.tensor.has_storage()) {
    slot.storage = slot.tensor.unsafeGetTensorImpl()->unsafe_storage().unsafeGetStorageImpl();
    StorageUse& storage = storages_[slot.storage];
    if (storage.handles++ == 0) {
      const auto bytes = slot.storage->sym_nbytes().maybe_as_int();
      storage.bytes = slot.tensor.is_meta() ? 0 : bytes.value_or(0);
      use.bytes += storage.bytes;
      use.peak = std::max(use.peak, use.bytes);
      fresh += pressure(slot.device, storage.bytes);
    }
  }
  const int64_t returned = std::min(fresh, credit_);
  credit_ -= returned;
  pressure_ += fresh;
  unreported_ += fresh - returned;
}

void Handles::untrack(Slot& slot) {
  if (slot.kind != Kind::Tensor) return;
  --live_;
  --use_[slot.device].tensors;
  int64_t gone = kSlotBytes;
  if (slot.storage) {
    const auto found = storages_.find(slot.storage);
    if (found != storages_.end() && --found->second.handles == 0) {
      const int64_t bytes = found->second.bytes;
      storages_.erase(found);
      use_[slot.device].bytes -= bytes;
      gone += pressure(slot.device, bytes);
    }
    slot.storage = nullptr;
  }
  pressure_ -= gone;
  lowest_ = std::min(lowest_, pressure_);
  unreported_ -= gone;
}

void Handles::report() {
  int64_t total = 0;
  // Cleared first: the report may collect, and a finalizer of that collection may come back here.
  const int64_t change = unreported_;
  unreported_ = 0;
  napi_adjust_external_memory(env_, change, &total);
}

// As much again as may be alive, but not for a few megabytes.
int64_t Handles::enough() const {
  return std::max(2 * pressure_, pressure_ + kCollectStep);
}

void Handles::collected() {
  sweep();
  collectAt_ = enough();
}

void Handles::resetPeak() {
  for (auto& use : use_) use.peak = use.bytes;
}

}  // namespace ltn
