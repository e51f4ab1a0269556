/** What Python's torch gave for the same graphs; fixtures/record_autograd.py says how. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { thrown } from '../../support/thrown.js';

interface Recorded {
  gradients: Record<string, { value: number; leaves: number[][] }>;
  messages: Record<string, string>;
}

export const recorded = JSON.parse(
  readFileSync(new URL('fixtures/autograd.json', import.meta.url), 'utf8'),
) as Recorded;

/** Expects `fn` to throw PyTorch's own words, recorded under `name`. */
export function refuses(name: string, fn: () => unknown): void {
  const words = recorded.messages[name];
  expect(words, name).to.be.a('string');
  const error = thrown(fn) as Error;
  expect(error).to.be.instanceOf(Error);
  expect(error.message.split('\n')[0]).to.equal(words);
}
