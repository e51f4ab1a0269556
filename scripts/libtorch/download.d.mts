import type { Progress } from './progress.mjs';

export interface DownloadOptions {
  /** Expected hash, where one is known. */
  sha256?: string;
  /** Allow plain http: for a mirror that the user named so; loopback needs no leave. */
  insecure?: boolean;
  /** Default 3; each one resumes the last where the server allows it. */
  attempts?: number;
  /** Milliseconds, default 5000. */
  connectTimeout?: number;
  /** Milliseconds without a byte, default 30000. */
  idleTimeout?: number;
  progress?: Progress;
}

/**
 * Fetches a URL into a file. While it runs, and after a broken connection, the bytes are in `<file>.part`; `file`
 * exists only when it is whole. Rejects with the address and the reason.
 */
export function download(address: string, file: string, options?: DownloadOptions): Promise<void>;
