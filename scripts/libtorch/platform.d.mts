/** File names of libtorch's libraries here. */
export function libraries(platform?: string): {
  c10: string;
  cpu: string;
  c10Cuda: string;
  cuda: string;
  hip: string;
  torch: string;
};

export interface CLibrary {
  name: 'glibc' | 'musl' | 'none';
  version: string | null;
}

/** The C library: libtorch is built for glibc and does not load on musl. */
export function libc(): CLibrary;

/** Systems that PyTorch publishes CPU builds for. */
export function supported(platform?: string, arch?: string): boolean;

/** What stands in the way, and what to do about it. */
export interface Obstacle {
  reason: string;
  mend: string;
}

/** Why nothing can work on this system at all; null where it can. */
export function unfit(system?: { platform?: string; arch?: string; library?: CLibrary }): Obstacle | null;

/** Why this Node cannot run the package; null where it can. Bun and Deno say which Node they stand for. */
export function tooOldNode(version?: string): Obstacle | null;
