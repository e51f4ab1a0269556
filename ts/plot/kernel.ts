/** Deno's notebook kernel, where the program runs in one. https://docs.deno.com/runtime/reference/cli/jupyter/ */

/** What the kernel offers a program, as far as it is used here. */
export interface Kernel {
  broadcast(type: string, content: Record<string, unknown>): Promise<void>;
}
export interface DisplayOptions {
  /** Names the output, so that it can be replaced later. */
  display_id?: string;
  /** Replaces the output of this name. */
  update?: boolean;
}

export function notebookKernel(): Kernel | null {
  try {
    const { jupyter } = (globalThis as { Deno?: { jupyter?: Kernel } }).Deno ?? {};
    return typeof jupyter?.broadcast === 'function' ? jupyter : null;
  } catch {
    // Outside of a notebook Deno throws when it is merely asked.
    return null;
  }
}

/**
 * Shows a bundle of MIME types below the cell. The promise is for the network: the order of outputs is that of the calls.
 * (The kernel's own `display` sends only after the running code has ended, so that pictures came after text printed later,
 * or below the next cell.)
 */
export async function displayIn(
  kernel: Kernel,
  bundle: Readonly<Record<string, string>>,
  { display_id, update = false }: DisplayOptions = {},
): Promise<void> {
  await kernel.broadcast(update ? 'update_display_data' : 'display_data', {
    data: bundle,
    metadata: pictureSize(bundle),
    transient: display_id === undefined ? {} : { display_id },
  });
}

const SVG_SIZE = /^<svg[^>]*?\swidth="([\d.]+)(pt|px)?"[^>]*?\sheight="([\d.]+)(pt|px)?"/;

/** Pixels of a PNG are finer than those of the screen: it is to be shown in the size of the SVG beside it. */
function pictureSize(bundle: Readonly<Record<string, string>>): Record<string, unknown> {
  const size = SVG_SIZE.exec(bundle['image/svg+xml'] ?? '');
  if (!size || bundle['image/png'] === undefined) return {};
  const pixels = (value: string, unit?: string): number =>
    Math.round(Number(value) * (unit === 'pt' ? 96 / 72 : 1));
  return { 'image/png': { width: pixels(size[1]!, size[2]), height: pixels(size[3]!, size[4]) } };
}
