// Matching JavaScript arguments with a FunctionSchema: positional ones, then one options object that may
// name any argument. The first overload that accepts every argument is taken; nothing is tried by catching.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/util/SmallVector.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "value.h"

namespace ltn {

struct ArgumentSpec {
  std::string name;
  ArgumentType type;
  bool keywordOnly = false;
  bool write = false;  // an out argument
  bool hasDefault = false;
  c10::IValue fallback;
};

// The commonest C++ signatures. A call through one of them spares the boxes of arguments and result, a tenth
// of a small operator's time; all other operators go boxed.
using Unary = c10::TypedOperatorHandle<at::Tensor(const at::Tensor&)>;
using Binary = c10::TypedOperatorHandle<at::Tensor(const at::Tensor&, const at::Tensor&)>;
using BinaryScaled =
    c10::TypedOperatorHandle<at::Tensor(const at::Tensor&, const at::Tensor&, const at::Scalar&)>;
using Sized = c10::TypedOperatorHandle<at::Tensor(const at::Tensor&, c10::SymIntArrayRef)>;
using Direct = std::variant<std::monostate, Unary, Binary, BinaryScaled, Sized>;

struct Overload {
  explicit Overload(c10::OperatorHandle h) : handle(std::move(h)) {}
  c10::OperatorHandle handle;
  std::vector<ArgumentSpec> arguments;
  size_t positional = 0;   // how many may be given by position
  int self = -1;           // where the receiver of a method goes
  bool varargs = false;    // view(2, 3) for view([2, 3])
  bool isFactory = false;  // takes requires_grad besides its schema's arguments
  bool makesLeaf = false;  // a factory whose result depends on no recorded tensor
  bool runsOnCpu = false;  // libtorch's own, with a kernel below autograd
  Direct direct;
  std::vector<int> aliasOf;  // per return: the argument that it is (in place, out), or -1
  std::vector<std::string> returnNames;
  napi_ref namesRef = nullptr;
};

struct Option {
  std::string name;
  JsValue value;
};

struct Arguments {
  bool method = false;
  c10::SmallVector<JsValue, 4> positional;  // the receiver of a method is the first
  std::vector<Option> options;
  std::optional<bool> requiresGrad;  // when given
};

// Which value goes where: an index per argument of the overload.
struct Binding {
  c10::SmallVector<const JsValue*, 12> values;
  JsValue packed;  // holds the list that varargs were gathered into
};

// Why an overload does not take the arguments; kept only for the message.
struct Mismatch {
  enum class Why { Kind, TooMany, Missing, UnknownOption, GivenTwice } why = Why::Kind;
  size_t progress = 0;  // how many arguments fitted before: the likeliest overload has the most
  int argument = -1;
  int position = -1;  // as counted by the caller; -1 when given by name
  const JsValue* value = nullptr;
  std::string option;
};

Overload makeOverload(const c10::OperatorHandle& handle, bool wrapsNumbers);
bool match(const Overload& overload, const Arguments& arguments, Binding& binding, Mismatch& why);
bool bind(const Overload& overload, const Arguments& arguments, Binding& binding);
// "add(Tensor input, Tensor other, *, Scalar alpha=1)"
std::string signatureText(const std::string& name, const Overload& overload, bool method);
// The sentence for arguments that no overload takes, followed by the signatures that exist.
std::string mismatch(const std::string& name, const std::vector<const Overload*>& overloads,
                     const Arguments& arguments);

}  // namespace ltn
