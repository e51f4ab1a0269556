// One error for "a step led nowhere", which carries what to do about it.

/** A step that failed for a reason that can be told in a sentence. */
export class StepError extends Error {
  /**
   * @param {string} message
   * @param {string} [mend] what the user can do
   */
  constructor(message, mend) {
    super(message);
    this.name = 'StepError';
    this.mend = mend;
  }
}

/** @param {unknown} error @returns {string} */
export function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  // Several addresses tried in vain arrive as one AggregateError without a message of its own.
  if (error instanceof AggregateError && !error.message) return error.errors.map(reasonOf).join('; ');
  return error.message || error.name;
}
