export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

/** A bar on a terminal, a line now and then elsewhere. */
export function startProgress(
  label: string,
  options?: { stream?: NodeJS.WriteStream; total?: number },
): Progress;
export function silent(): Progress;
