#include "allocator.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace ltn {
namespace {

// Before each block, as wide as the alignment of tensors.
struct Header {
  uint32_t sizeClass;
  Header* next;
};
constexpr size_t kHeader = c10::gAlignment;
static_assert(sizeof(Header) <= kHeader);

// Classes: 64 bytes, then four to each doubling; what is asked for wastes a fifth at most.
constexpr size_t kSmallest = 64;
constexpr uint32_t kSteps = 4;
constexpr uint32_t kClasses = 18 * kSteps + 1;  // up to 16 MB
constexpr uint32_t kUncached = ~0u;

constexpr size_t capacityOf(uint32_t sizeClass) {
  const size_t base = kSmallest << (sizeClass / kSteps);
  return base + base / kSteps * (sizeClass % kSteps);
}

uint32_t classOf(size_t bytes) {
  if (bytes <= kSmallest) return 0;
  const auto doubling = static_cast<uint32_t>(std::bit_width((bytes - 1) / kSmallest)) - 1;
  const size_t base = kSmallest << doubling, step = base / kSteps;
  const uint32_t result = doubling * kSteps + static_cast<uint32_t>((bytes - base + step - 1) / step);
  return result < kClasses ? result : kUncached;
}

class Cache final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* data = bytes == 0 ? nullptr : take(bytes);
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

  void empty() {
    for (List& list : lists_) {
      list.lock();
      Header* block = list.head;
      list.head = nullptr;
      list.count = 0;
      list.unlock();
      while (block) {
        Header* const next = block->next;
        idle_.fetch_sub(capacityOf(block->sizeClass), std::memory_order_relaxed);
        c10::free_cpu(block);
        block = next;
      }
    }
  }
  size_t idle() const { return idle_.load(std::memory_order_relaxed); }

  // Never destroyed: libtorch frees tensors of its own while the process ends.
  static Cache& self() {
    static auto* const cache = new Cache;
    return *cache;
  }

 private:
  // Of the large blocks few are kept, of the small ones so many as a backward pass may free at once.
  static constexpr size_t kMostIdle = 64 << 20;
  static constexpr uint32_t kMostSmall = 512;
  static constexpr size_t kSmall = 4096;
  static constexpr size_t kLargePage = 2 << 20;
  static constexpr size_t kLarge = 2 * kLargePage;

  // Held for a few instructions, and nearly always by the one thread.
  struct alignas(64) List {
    Header* head = nullptr;
    uint32_t count = 0;
    std::atomic_flag busy = ATOMIC_FLAG_INIT;

    void lock() {
      while (busy.test_and_set(std::memory_order_acquire)) {
      }
    }
    void unlock() { busy.clear(std::memory_order_release); }
  };

  // Large blocks lie on large pages where the system has them: fewer faults when they are first written, and
  // rows looked up here and there, as a DataLoader does, find their page a quarter faster.
  static void* allocateLarge(size_t bytes) {
#ifdef __linux__
    void* block = nullptr;
    if (bytes < kLarge || posix_memalign(&block, kLargePage, bytes) != 0) return nullptr;
    madvise(block, bytes, MADV_HUGEPAGE);
    return block;
#else
    (void)bytes;
    return nullptr;
#endif
  }

  // When memory is out, libtorch's error names the bytes that were asked for, not ours on top.
  static void* allocateNew(size_t bytes, size_t asked) {
    if (void* block = allocateLarge(bytes + kHeader)) return block;
    try {
      return c10::alloc_cpu(bytes > SIZE_MAX - kHeader ? bytes : bytes + kHeader);
    } catch (const c10::Error&) {
      c10::free_cpu(c10::alloc_cpu(asked));
      throw;
    }
  }

  void* take(size_t asked) {
    size_t bytes = asked;
    const uint32_t sizeClass = classOf(bytes);
    Header* block = nullptr;
    if (sizeClass != kUncached) {
      List& list = lists_[sizeClass];
      list.lock();
      block = list.head;
      if (block) {
        list.head = block->next;
        --list.count;
      }
      list.unlock();
      bytes = capacityOf(sizeClass);
      if (block) {
        idle_.fetch_sub(bytes, std::memory_order_relaxed);
        return reinterpret_cast<char*>(block) + kHeader;
      }
    }
    block = static_cast<Header*>(allocateNew(bytes, asked));
    block->sizeClass = sizeClass;
    return reinterpret_cast<char*>(block) + kHeader;
  }

  bool keep(Header* block) {
    if (block->sizeClass == kUncached) return false;
    const size_t bytes = capacityOf(block->sizeClass);
    if (idle() + bytes > kMostIdle) return false;
    List& list = lists_[block->sizeClass];
    list.lock();
    const bool room = bytes > kSmall || list.count < kMostSmall;
    if (room) {
      block->next = list.head;
      list.head = block;
      ++list.count;
    }
    list.unlock();
    if (room) idle_.fetch_add(bytes, std::memory_order_relaxed);
    return room;
  }

  static void release(void* data) {
    if (!data) return;
    auto* const block = reinterpret_cast<Header*>(static_cast<char*>(data) - kHeader);
    if (!self().keep(block)) c10::free_cpu(block);
  }

  std::array<List, kClasses> lists_;
  std::atomic<size_t> idle_{0};
};

bool wanted() {
  const char* setting = std::getenv("LIBTORCH_NODE_BLOCK_CACHE");
  return !setting || std::strcmp(setting, "0") != 0;
}

std::atomic<bool> installed{false};

}  // namespace

void installAllocator() {
  if (installed.exchange(true) || !wanted()) return;
  c10::SetCPUAllocator(&Cache::self(), 1);
}

void emptyAllocator() {
  Cache::self().empty();
}

size_t idleBytes() {
  return Cache::self().idle();
}

}  // namespace ltn
