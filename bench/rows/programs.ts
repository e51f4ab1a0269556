/** Rows that need a process of their own. */
import type { Program } from '../harness/programs.js';

export const programs: readonly Program[] = [
  {
    name: 'start',
    what: 'start of the process to the first tensor, and its end',
    ...{ file: 'start', figure: 'elapsed', unit: 'ms', goal: 0.3, python: true, rounds: 7 },
  },
  {
    name: 'import',
    what: 'the first import in a fresh process',
    ...{ file: 'start', figure: 'import', unit: 'ms', goal: 0.3, python: true, rounds: 7 },
  },
  {
    name: 'chapter-rss',
    what: "peak memory of the chapter's run: both models from scratch, five epochs each",
    ...{ file: 'chapter', figure: 'peak', unit: 'MB', goal: 0.7, python: true, rounds: 3 },
  },
  {
    name: 'loop-rss',
    what: 'peak memory of 20,000 sums of 256x784 in a loop without scopes',
    ...{ file: 'loop', args: ['20000'], figure: 'peak', unit: 'MB', goal: 2, python: true, rounds: 3 },
  },
  {
    name: 'epochs-rss',
    what: 'memory after epoch 20, of that after epoch 3',
    ...{
      file: 'chapter',
      args: ['20'],
      figure: 'growth',
      unit: 'ratio',
      goal: 1.02,
      python: false,
      rounds: 3,
    },
  },
  {
    name: 'gc',
    what: "garbage collector's share of an epoch's time",
    ...{ file: 'chapter', args: ['20'], figure: 'gc', unit: 'ratio', goal: 0.03, python: false, rounds: 3 },
  },
];
