/** Values, gradients and errors of every recorded call equal PyTorch's. */
import { expect } from 'chai';
import * as torch from '../../ts/torch/index.js';
import { readFixtures, type Case } from './fixture.js';
import { pending } from './pending.js';
import { Replay } from './replay.js';

/** The operator behind a name: torch.add, Tensor.add and Tensor.add_ are one. */
function operatorOf(op: string): string {
  return op.replace(/^(Tensor|torch)\./, '').replace(/_$/, '');
}

function describeCase({ op, name, args, kwargs }: Case): string {
  return `${op}(${JSON.stringify(args)}${kwargs ? `, ${JSON.stringify(kwargs)}` : ''})${name ? ` [${name}]` : ''}`;
}

describe('parity with recorded PyTorch', () => {
  const covered = new Set<string>();
  const count = { values: 0, gradients: 0, errors: 0 };
  let tensors = 0;

  before(() => {
    // Other files' garbage would vanish meanwhile and hide a leak.
    torch.releaseMemory();
    tensors = torch.memory().tensors;
  });

  for (const fixture of readFixtures()) {
    describe(fixture.name, () => {
      const groups = new Map<string, Case[]>();
      for (const recorded of fixture.cases)
        groups.set(recorded.op, [...(groups.get(recorded.op) ?? []), recorded]);
      for (const [op, cases] of groups) {
        if (pending.has(op)) {
          it(`${op} is still to come`, () => {
            expect(torch.nn.functional, 'it exists now: take it off pending.ts').not.to.have.property(
              op.slice(2),
            );
          });
          continue;
        }
        it(`${op}: ${cases.length} cases`, () => {
          const failures: string[] = [];
          for (const recorded of cases) {
            try {
              fixture.recordings.expect(recorded, (answer) => {
                const found = torch.tidy(() => new Replay(fixture, answer).run());
                if (found.length > 0) throw new Error(found.join('\n      '));
              });
            } catch (error) {
              failures.push(`${describeCase(recorded)}\n      ${(error as Error).message}`);
              continue;
            }
            if (recorded.raises) ++count.errors;
            else {
              covered.add(operatorOf(op));
              ++count.values;
              if (recorded.grads) ++count.gradients;
            }
          }
          expect(
            failures.length,
            `${failures.length} of ${cases.length}:\n    ${failures.join('\n    ')}\n`,
          ).to.equal(0);
        });
      }
    });
  }

  // A suite of its own: Mocha runs a suite's own tests before the suites inside it.
  describe('coverage', () => {
    it('leaves no tensor behind, errors included', () => {
      expect(torch.memory().tensors).to.be.at.most(tensors);
    });
    it('is at least 300 operators', () => {
      const { values, gradients, errors } = count;
      console.log(
        `      ${covered.size} operators: ${values} results, ${gradients} of them with gradients, ${errors} errors`,
      );
      expect(covered.size).to.be.at.least(300);
    });
  });
});
