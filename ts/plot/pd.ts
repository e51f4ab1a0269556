/** `pd.DataFrame(t)`: the part of pandas that is here. */
export { DataFrame } from './frame.js';
export type { DataFrameOptions } from './frame.js';
export type { CellValue } from './cells.js';
export { Styler } from './styler.js';
