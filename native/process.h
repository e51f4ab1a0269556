// What libtorch costs a process beside its work: the pages of its start, and its end.
#pragma once

namespace ltn {

// Once per process, when the first environment loads the addon: keeps the addon loaded, gives back the pages
// that only loading libtorch has read, and sees to it that libtorch's operators are not taken out of their
// table one by one when the process ends.
void prepareProcess();

}  // namespace ltn
