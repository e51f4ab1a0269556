// The table of operators: a name and its overloads, looked up once and kept, called boxed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "signature.h"

namespace ltn {

struct Operator {
  std::string name;  // as in messages
  bool method = false;
  std::vector<Overload> overloads;
  std::vector<Overload> outs;  // those that write into the option `out`
  // Memory for the next call's arguments. A call takes it away meanwhile, since a hook may call the same
  // operator.
  std::vector<c10::IValue> spare;
};

}  // namespace ltn
