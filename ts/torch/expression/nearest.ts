/** Known names that look like a mistyped one. */

/** Edits between two words: insertions, deletions, replacements and exchanged neighbours. */
function distance(a: string, b: string): number {
  let [before, previous] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    [before, previous] = [previous, row];
  }
  return previous[b.length]!;
}

/** Up to three of `known` within a third of the word's length, best first. */
export function nearest(name: string, known: Iterable<string>): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const found: [number, string][] = [];
  for (const candidate of new Set(known)) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= limit) found.push([edits, candidate]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]));
  return found.slice(0, 3).map(([, candidate]) => candidate);
}

/** `; did you mean 'sigmoid'?`, or nothing. */
export function suggest(name: string, known: Iterable<string>): string {
  const names = nearest(name, known).map((candidate) => `'${candidate}'`);
  return names.length ? `; did you mean ${names.join(' or ')}?` : '';
}
