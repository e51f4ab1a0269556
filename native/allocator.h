// Memory of tensors on the CPU: freed blocks are kept for the next tensor of their size.
//
// A step of training frees what the next step asks for again. Through malloc that is 90 ns for the smallest
// tensor, since the alignment that libtorch wants goes past malloc's own cache; and for a batch of some
// hundred kilobytes it may be a new mapping each time, whose pages the kernel clears first.
#pragma once

#include <cstddef>

namespace ltn {

// Makes libtorch take its CPU memory from here; once per process. LIBTORCH_NODE_BLOCK_CACHE=0 leaves
// libtorch's own allocator in place, for memory checkers and for comparison.
void installAllocator();
// Gives the kept blocks back to the system.
void emptyAllocator();
// Bytes in blocks that are kept for reuse.
size_t idleBytes();

}  // namespace ltn
