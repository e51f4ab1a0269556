/**
 * Runs one part of the faults. Every target is named on file descriptor 3 before it is called, so that whoever
 * started this program can say which one killed it.
 *   faults.ts overloads|methods|functions|values|raw from to
 */
import { writeSync } from 'node:fs';
import { operatorTable, type OperatorNamespace } from '../../../ts/torch/operator_table.js';
import * as torch from '../../../ts/torch/index.js';
import { live } from '../../support/live.js';
import { rawTargets, valueTargets } from '../support/fault_targets.js';
import { functionTarget, methodTarget, overloadTargets, type Report, type Target } from '../support/fault_sweep.js';
import type { AnyFunction } from '../../../ts/torch/dispatch.js';

function methods(): Target[] {
  const receiver = torch.ones([2, 2]);
  const prototype = torch.Tensor.prototype as object;
  return operatorTable('methods').map(({ name, operator }) => methodTarget(name, operator, prototype, receiver));
}

function functions(): Target[] {
  const places: [OperatorNamespace, string, object][] = [
    ['functions', 'torch', torch],
    ['linalg', 'torch.linalg', torch.linalg],
    ['fft', 'torch.fft', torch.fft],
    ['special', 'torch.special', torch.special],
    ['nn_functional', 'torch.nn.functional', torch.nn.functional],
  ];
  return places.flatMap(([namespace, path, holder]) =>
    operatorTable(namespace).flatMap(({ name, operator }) => {
      const fn = (holder as Record<string, unknown>)[name];
      return typeof fn === 'function' ? [functionTarget(`${path}.${name}`, operator, fn as AnyFunction)] : [];
    }),
  );
}

const parts: Record<string, () => Target[]> = {
  overloads: overloadTargets,
  methods,
  functions,
  values: valueTargets,
  raw: rawTargets,
};
const [part = 'overloads', from = '0', to = 'Infinity'] = process.argv.slice(2);
const all = parts[part]!();
const chosen = all.slice(Number(from), Number(to));
const before = live();
const report: Report = { calls: 0, failures: [] };
const failures: string[] = [];
for (const target of chosen) {
  if (process.env['FAULTS_TRACE']) writeSync(3, `${target.name}\n`);
  report.failures = [];
  target.check(report);
  failures.push(...report.failures.map((text) => `${target.name}: ${text}`));
}
const grown = live() - before;
// The process is still well: an ordinary call gives what it should.
const sum = torch.ones([3]).add(1).sum().item();
console.log(JSON.stringify({ total: all.length, targets: chosen.length, calls: report.calls, grown, sum, failures }));
