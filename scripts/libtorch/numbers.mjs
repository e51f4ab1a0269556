// Versions as numbers: reading, comparing, ranges.

/**
 * The numbers of a version; a pre-release or a local tag (2.14.0a0, 2.13.0+cpu) counts as its release.
 * @param {string} text
 * @returns {[number, number, number] | null}
 */
export function parse(text) {
  const match = /^\s*v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match && [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** What decides whether an addon serves a libtorch, such as 2.13. @param {string} version */
export function minorOf(version) {
  return parse(version)?.slice(0, 2).join('.') ?? version;
}

/**
 * Negative when a is older than b.
 * @param {string} a
 * @param {string} b
 */
export function compare(a, b) {
  const [major, minor, patch] = parse(a) ?? [0, 0, 0];
  const other = parse(b) ?? [0, 0, 0];
  return major - other[0] || minor - other[1] || patch - other[2];
}

/**
 * Whether a version lies in a range of comparators joined by spaces, such as ">=2.11.0 <2.15.0".
 * @param {string} version
 * @param {string} range
 * @throws {Error} when the range has another form
 */
export function satisfies(version, range) {
  if (!parse(version)) return false;
  return range
    .trim()
    .split(/\s+/)
    .every((part) => {
      const match = /^(>=|<=|>|<|=)?(\d+\.\d+(?:\.\d+)?)$/.exec(part);
      if (!match) throw new Error(`range '${range}': cannot read '${part}'`);
      const order = compare(version, match[2] ?? '');
      if (match[1] === '>=') return order >= 0;
      if (match[1] === '<=') return order <= 0;
      if (match[1] === '>') return order > 0;
      if (match[1] === '<') return order < 0;
      return order === 0;
    });
}
