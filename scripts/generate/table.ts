// ts/torch/generated/table.ts: what the running library binds, one line per name.
import type { Binding, Namespace } from './surface.js';

/** 'norm=linalg_norm default,ord_str>out,ord_str_out' with a final '+' where numbers may stand for tensors. */
export function tableLine({ name, operator, overloads, out, numbers }: Binding): string {
  let line = name === operator ? name : `${name}=${operator}`;
  if (overloads.join() !== 'default') line += ` ${overloads.join()}`;
  if (out.length > 0) line += `>${out.join()}`;
  return numbers ? `${line}+` : line;
}

export function tableText(header: string, all: ReadonlyMap<Namespace, Binding[]>): string {
  const sections = [...all].map(
    ([namespace, list]) => `  ${namespace}: \`${list.map(tableLine).join('\n')}\`,\n`,
  );
  return `${header}
// Which operator each public name calls: text, because text loads at once and is read only when it is needed.
// A line is  name[=operator][ overloads][>overloads for the option out][+]
// Overloads are separated by commas, in the order in which to try them; left out, it is the one without a name
// ('default'). A final + says that a number may be given for a Tensor. ../operator_table.ts reads it.
export const table = {
${sections.join('')}} as const;
`;
}
