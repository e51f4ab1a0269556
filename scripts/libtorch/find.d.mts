/** Where a libtorch was found: the variable, the managed copies, or the active Python. */
export type Source = 'LIBTORCH' | 'cache' | 'python';

export interface Libtorch {
  /** Folder that holds lib/ and include/. */
  root: string;
  lib: string;
  /** Null where the headers are missing: such a copy runs an addon, but builds none. */
  include: string | null;
  /** Without a local tag: 2.13.0. */
  version: string;
  /** cpu, cu126, ... */
  variant: string;
  source: Source;
}

/** A step that led nowhere: why, and what would mend it. */
export interface Attempt {
  step: string;
  path: string | null;
  reason: string;
  mend: string;
}

/** What scripts/build.mjs writes beside the addon. */
export interface BuildInfo {
  package: string;
  libtorch: { root: string; version: string; variant: string };
  napi: number;
  platform: string;
  compiler: string;
  fingerprint: string;
}

/**
 * Finds a libtorch whose version fits package.json's range. Starts a process (Python, to ask where its torch lies)
 * only when nothing else is found, or when LIBTORCH_USE_PYTORCH=1. Throws nothing: `tried` says what was wrong.
 */
export function locate(options?: {
  env?: NodeJS.ProcessEnv;
  /** False: never ask Python unless LIBTORCH_USE_PYTORCH=1. Default true. */
  python?: boolean;
}): { found: Libtorch | null; tried: Attempt[] };

/** Looks at one folder. */
export function inspect(
  root: string,
  source: Source,
  range?: string,
): { found: Libtorch } | { reason: string };

/** Names of the managed copies in a cache root, the one to prefer first. */
export function managedCopies(root: string, pinned: string): string[];

/** The attempts as text for an error message: each with its reason, then what to do. */
export function explain(tried: readonly Attempt[]): string;
