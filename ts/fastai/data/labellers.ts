/** Labels from file names: https://docs.fast.ai/data.transforms.html#label */
import { Path, type PathLike } from '../../fastcore/index.js';
import { made } from '../../fastcore/reduce.js';
import { namedArguments } from '../../torch/arguments.js';
import { ValueError } from '../../torch/index.js';

/** The name of the folder that holds the file. [fastai docs](https://docs.fast.ai/data.transforms.html#parent_label) */
export function parent_label(file: PathLike): string {
  return Path(file).parent.name;
}

/**
 * A function that gives the first group of the expression `pat` in the text of an item.
 * `{match: true}`: the text must begin with it.
 * [fastai docs](https://docs.fast.ai/data.transforms.html#regexlabeller)
 * @throws {ValueError} the expression has no group; when called: it does not occur, with the text
 */
export function RegexLabeller(
  ...args: [pat: string | RegExp, match?: boolean | { match?: boolean }]
): (item: unknown) => string {
  const { pat, match = false } = namedArguments('RegexLabeller', ['pat', 'match'], args) as {
    pat: string | RegExp;
    match?: boolean;
  };
  const source = typeof pat === 'string' ? pat : pat.source;
  // Python names groups (?P<name>...), and a flag such as g would make the expression remember places.
  const flags = typeof pat === 'string' ? '' : pat.flags.replace(/[gy]/g, '');
  const pattern = new RegExp((match ? '^' : '') + `(?:${source.replaceAll('(?P<', '(?<')})`, flags);
  if (new RegExp(`${pattern.source}|`).exec('')!.length < 2)
    throw new ValueError(
      `RegexLabeller(): "${source}" has no group, which would be the label`,
      'RegexLabeller',
    );
  const label = Object.defineProperty(
    (item: unknown): string => {
      const text = String(item);
      const found = pattern.exec(text)?.[1];
      if (found === undefined)
        throw new ValueError(`RegexLabeller(): failed to find "${source}" in "${text}"`, 'RegexLabeller');
      return found;
    },
    'name',
    { value: 'RegexLabeller' },
  );
  return made(label, RegexLabeller, [pat, match]);
}
