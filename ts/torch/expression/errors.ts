/** A name of the expression that is neither `torch`, `F`, `nn`, `tensor` nor a built-in: Python's NameError. */
export class NameError extends ReferenceError {
  override readonly name = 'NameError';
}

/** An attribute that the object does not have: Python's AttributeError. */
export class AttributeError extends TypeError {
  override readonly name = 'AttributeError';
}

/** Division of a Python number by zero. Tensors follow PyTorch: they give inf, nan or libtorch's own error. */
export class ZeroDivisionError extends RangeError {
  override readonly name = 'ZeroDivisionError';
}

/** A float result or conversion beyond what a double can hold, where Python refuses too. */
export class OverflowError extends RangeError {
  override readonly name = 'OverflowError';
}
