/** Files and pages. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { checkOptions } from '../torch/arguments.js';
import { ValueError } from '../torch/errors.js';

export interface SaveOptions {
  /** Pixels per inch of a PNG. */
  dpi?: number;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// XML forbids most control characters even as entities, and half a surrogate pair: a file with one would not open.
const FORBIDDEN = new RegExp(
  '[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]' +
    '|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]',
  'g',
);

/** Text without what no XML document may hold. */
export function cleanText(text: string): string {
  return text.replace(FORBIDDEN, '\ufffd');
}

/** Text made harmless for HTML and XML, in content and in attributes. */
export function escapeHTML(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}

/** A page around finished markup. No script may run in it, whatever the markup holds. */
export function htmlPage(body: string, title: string, { scripts = false } = {}): string {
  const policy = scripts
    ? `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'`
    : `default-src 'none'; img-src data:; style-src 'unsafe-inline'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>${escapeHTML(title) || 'Figure'}</title>`,
    '<style>body { margin: 1em; background: #fff; font-family: "DejaVu Sans", sans-serif; }</style>',
    '</head>',
    '<body>',
    body,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Written beside its place under another name, then renamed: nobody sees half a file. */
export function writeWhole(file: string, bytes: string | Uint8Array): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${basename(file)}.${randomUUID()}`);
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Picks the writer by the file's suffix.
 * @throws {ValueError} a suffix for which there is none
 */
export function saveAs(
  op: string,
  file: string,
  options: SaveOptions,
  writers: Readonly<Record<string, () => string | Uint8Array>>,
): void {
  checkOptions(op, options, ['dpi']);
  const suffix = extname(file).slice(1).toLowerCase();
  const writer = Object.hasOwn(writers, suffix) ? writers[suffix] : undefined;
  if (!writer) {
    const known = Object.keys(writers).map((name) => `.${name}`);
    throw new ValueError(
      `${op}(): ${JSON.stringify(file)} has the suffix ${JSON.stringify(extname(file))}; supported are ${known.join(', ')}`,
      op,
    );
  }
  writeWhole(file, writer());
}
