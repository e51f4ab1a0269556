// The schemas of libtorch's operators, as the built addon reports them.

export interface SchemaArgument {
  name: string;
  /** As PyTorch writes it: 'Tensor', 'int[2]', 'ScalarType?' ... */
  type: string;
  kwarg_only: boolean;
  /** The default as text; null for a required argument. */
  default: string | null;
  write: boolean;
}

export interface SchemaReturn {
  name: string;
  type: string;
  write: boolean;
}

export interface Schema {
  name: string;
  overload: string;
  args: SchemaArgument[];
  returns: SchemaReturn[];
}

export interface SchemaIndex {
  get(operator: string, overload: string): Schema | undefined;
  /** [operator, overload] of every schema; the unnamed overload is 'default'. */
  all: [operator: string, overload: string][];
}

export function indexSchemas(schemas: readonly Schema[]): SchemaIndex {
  const byName = new Map<string, Schema>();
  const all: [string, string][] = [];
  for (const schema of schemas) {
    if (!schema.name.startsWith('aten::')) continue;
    const operator = schema.name.slice('aten::'.length);
    const overload = schema.overload || 'default';
    byName.set(`${operator}.${overload}`, schema);
    all.push([operator, overload]);
  }
  return { get: (operator, overload) => byName.get(`${operator}.${overload}`), all };
}

/** An argument that receives a result: given through the option `out`. */
export const isOut = (arg: SchemaArgument): boolean => arg.write && arg.kwarg_only;
