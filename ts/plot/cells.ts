/** Cells of tables as text. */

export type CellValue = number | string | boolean | null;

/** The values of a column as text, floats with as many decimals as the column needs (6 at most). */
export function columnText(values: readonly CellValue[], precision = 6): string[] {
  const floats = values.some(
    (value) => typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value),
  );
  let decimals = 0;
  if (floats)
    for (const value of values)
      if (typeof value === 'number' && Number.isFinite(value))
        decimals = Math.max(decimals, value.toFixed(precision).replace(/0+$/, '').split('.')[1]?.length ?? 0);
  return values.map((value) => {
    if (value === null) return 'NaN';
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (typeof value === 'string') return value;
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
    return floats ? value.toFixed(Math.max(1, decimals)) : String(value);
  });
}
