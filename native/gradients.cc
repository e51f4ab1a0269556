// The gradients of many tensors in one call, and counting the steps: what an optimizer asks for at every
// step.
#include <ATen/core/Tensor.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/stack.h>

#include <algorithm>

#include "graph.h"
#include "js.h"

namespace ltn {

// gradients(tensors) -> {grads, sparse, complex, contiguous, dtype, device}: the gradients in the order of
// the tensors, null where there is none; whether one of them is sparse, or complex; whether all tensors and
// gradients are contiguous; the code of the dtype and the device that all tensors with a gradient share with
// their gradients, null where they differ.
napi_value gradients(Call& call) {
  napi_env env = call.env;
  const auto tensors = js::tensors(call.addon, call[0], "the parameters");
  std::vector<napi_value> grads;
  grads.reserve(tensors.size());
  bool sparse = false, complex = false, contiguous = true, oneDtype = true, oneDevice = true;
  const at::Tensor* first = nullptr;
  for (const auto& tensor : tensors) {
    if (!tensor.defined()) fail(ErrorKind::Argument, "a parameter must be a Tensor");
    const at::Tensor& grad = tensor.grad();
    if (grad.defined()) {
      if (!first) first = &tensor;
      sparse = sparse || grad.layout() != at::kStrided;
      complex = complex || tensor.is_complex();
      for (const auto* one : {&tensor, &grad}) {
        contiguous = contiguous && one->layout() == at::kStrided && one->is_contiguous();
        oneDtype = oneDtype && one->scalar_type() == first->scalar_type();
        oneDevice = oneDevice && one->device() == first->device();
      }
    }
    grads.push_back(call.addon.handles.wrap(at::Tensor(grad)));
  }
  const napi_value result = js::object(env);
  js::set(env, result, "grads", js::array(env, grads));
  js::set(env, result, "sparse", js::boolean(env, sparse));
  js::set(env, result, "complex", js::boolean(env, complex));
  js::set(env, result, "contiguous", js::boolean(env, contiguous));
  js::set(env, result, "dtype",
          first && oneDtype ? js::number(env, static_cast<int>(first->scalar_type())) : js::null(env));
  js::set(env, result, "device", first && oneDevice ? js::string(env, first->device().str()) : js::null(env));
  return result;
}

// zeroGradients(tensors, setToNone): takes the gradients away, or cuts them from their graph and fills them
// with 0.
napi_value zeroGradients(Call& call) {
  const bool setToNone = js::toBool(call.env, call[1]);
  for (const auto& tensor : js::tensors(call.addon, call[0], "the parameters")) {
    if (!tensor.defined()) fail(ErrorKind::Argument, "a parameter must be a Tensor");
    at::Tensor& grad = tensor.mutable_grad();
    if (!grad.defined()) continue;
    if (setToNone) {
      grad.reset();
      continue;
    }
    if (grad.grad_fn())
      grad.detach_();
    else
      grad.requires_grad_(false);
    grad.zero_();
  }
  return js::undefined(call.env);
}

namespace {

template <typename T>
double increment(const at::Tensor& tensor) {
  const double value = static_cast<double>(++*tensor.mutable_data_ptr<T>());
  tensor.unsafeGetTensorImpl()->bump_version();
  return value;
}

bool isPlainNumber(const at::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.numel() == 1 &&
         (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble);
}

}  // namespace

// countSteps(tensors) -> number or numbers: adds 1 to each and tells what has come out, one number where all
// are equal. A step is a tensor of one element, since Python's files have it so; an operator on each of them
// took a sixth of Adam's step over a hundred small parameters.
napi_value countSteps(Call& call) {
  const auto tensors = js::tensors(call.addon, call[0], "the steps");
  for (const auto& tensor : tensors)
    if (!tensor.defined()) fail(ErrorKind::Argument, "a count of steps must be a Tensor");
  std::vector<double> values;
  values.reserve(tensors.size());
  if (std::all_of(tensors.begin(), tensors.end(), isPlainNumber)) {
    for (const auto& tensor : tensors)
      values.push_back(tensor.scalar_type() == at::kFloat ? increment<float>(tensor)
                                                          : increment<double>(tensor));
  } else {
    at::_foreach_add_(tensors, 1);
    const at::Tensor all = at::stack(tensors).to(at::kCPU, at::kDouble).flatten().contiguous();
    values.assign(all.const_data_ptr<double>(), all.const_data_ptr<double>() + all.numel());
  }
  if (!values.empty() && std::all_of(values.begin(), values.end(), [&](double v) { return v == values[0]; }))
    return js::number(call.env, values[0]);
  std::vector<napi_value> numbers;
  numbers.reserve(values.size());
  for (const double value : values) numbers.push_back(js::number(call.env, value));
  return js::array(call.env, numbers);
}

}  // namespace ltn
