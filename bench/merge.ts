/** node --import tsx bench/merge.ts WHOLE.json PART.json: puts rows that were measured again in their place in WHOLE.json. */
import { readFileSync, writeFileSync } from 'node:fs';

interface Named {
  name: string;
}
type Results = Record<'rows' | 'programs', Named[]>;

const [whole = '', part = ''] = process.argv.slice(2);
const [all, again] = [whole, part].map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
for (const kind of ['rows', 'programs'] as const)
  all![kind] = all![kind].map((row) => again![kind].find(({ name }) => name === row.name) ?? row);
writeFileSync(whole, `${JSON.stringify(all, null, 2)}\n`);
