#include "process.h"

#include <ATen/Version.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <atomic>
#include <cstdlib>
#include <mutex>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif
#ifdef __linux__
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>
#endif

namespace ltn {
namespace {

// libtorch keeps our functions' addresses in its tensors, the process in its list of what to do at its end,
// and Node unloads an addon with the last worker that uses it.
void stayLoaded() {
#ifdef _WIN32
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(&stayLoaded), &self);
#else
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&stayLoaded), &info) && info.dli_fname)
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
#endif
}

#ifndef _WIN32
// When a process ends, libtorch takes the kernels of its 3,000 operators out of their tables one by one, and
// computes each table anew each time: a fifth of the whole life of a process that makes one tensor. It leaves
// that out when its dispatcher has gone before; so it is told that the dispatcher has gone, under the
// dispatcher's own lock. The table of operators stays in memory, where the operating system takes it.
//
// Not an early end of the process (_exit): Node has to restore the terminal yet, and other libraries may have
// to write their files.
template <class Guard, class Operators>
void forget(Guard& guard, Operators& operators) {
  const std::lock_guard<std::mutex> lock(guard.mutex);
  guard.alive.store(false);
  // The list's nodes keep their places, so whoever still calls an operator finds it. Kept in sight of those
  // who look for memory that was lost.
  [[maybe_unused]] static const auto* const kept = new Operators(std::move(operators));
}

// Both members are private. The arguments of an explicit instantiation may name them; a libtorch that has
// renamed them is an error of the compiler.
template <auto kGuard, auto kOperators>
struct Registrations {
  friend void forgetRegistrations(c10::Dispatcher& dispatcher) {
    forget(*(dispatcher.*kGuard), dispatcher.*kOperators);
  }
};
void forgetRegistrations(c10::Dispatcher& dispatcher);
template struct Registrations<&c10::Dispatcher::guard_, &c10::Dispatcher::operators_>;

void endQuickly() {
  // What was registered last is called first: before libtorch's destructors, which were registered as it was
  // opened.
  std::atexit([] { forgetRegistrations(c10::Dispatcher::singleton()); });
}
#else
// There a library's end runs when the other threads have been stopped, whatever locks they held.
void endQuickly() {}
#endif

#ifdef __linux__
// A debugger's breakpoints are changes to these very pages.
bool isTraced() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("TracerPid:", 0) == 0) return std::stoi(line.substr(10)) != 0;
  return false;
}

int giveBack(dl_phdr_info* library, size_t, void* inside) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<uintptr_t>(inside);
  bool found = false;
  const auto each = [&](const auto& use) {
    for (int i = 0; i < library->dlpi_phnum; ++i) {
      const auto& segment = library->dlpi_phdr[i];
      const uintptr_t begin = library->dlpi_addr + segment.p_vaddr;
      if (segment.p_type == PT_LOAD) use(segment.p_flags, begin & ~(page - 1), begin + segment.p_memsz);
    }
  };
  each([&](auto, uintptr_t begin, uintptr_t end) { found |= begin <= address && address < end; });
  if (!found) return 0;
  // What may be written is not the file's any more. The symbols may lie in a segment of their own.
  each([](auto flags, uintptr_t begin, uintptr_t end) {
    if (!(flags & PF_W)) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  });
  return 1;
}
#endif

// Opening libtorch reads 16 MB of symbols and relocations and 30 MB of code that registers operators, none of
// it ever again; the pages would count as this process's memory to its end. They are the file's and
// unchanged: what is needed again comes back from the system's cache.
void giveBackPages() {
#ifdef __linux__
  if (!isTraced()) dl_iterate_phdr(giveBack, reinterpret_cast<void*>(&at::show_config));
#endif
}

std::atomic<bool> prepared{false};

}  // namespace

void prepareProcess() {
  if (prepared.exchange(true)) return;
  stayLoaded();
  endQuickly();
  giveBackPages();
}

}  // namespace ltn
