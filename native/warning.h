// libtorch's warnings become the process's own, as Python's torch turns them into UserWarning.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace ltn {

struct Addon;

class Warnings {
 public:
  // Takes over the warnings of the calling thread; libtorch's default prints C++ file names to stderr.
  void install();
  void add(std::string text);
  bool any() const { return any_; }
  // Hands them to JavaScript; called where an entry point returns.
  void emit(Addon& addon);

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;
  bool any_ = false;
};

}  // namespace ltn
