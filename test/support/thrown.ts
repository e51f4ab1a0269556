import { expect } from 'chai';

/** What `fn` throws, whatever it is; fails when it throws nothing. */
export function thrown(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was thrown');
}

/** The text of the Error that `fn` throws. */
export function message(fn: () => unknown): string {
  const error = thrown(fn);
  expect(error).to.be.instanceOf(Error);
  return (error as Error).message;
}

/** What a promise is rejected with. */
export async function rejected(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return expect.fail('the promise was not rejected');
}
