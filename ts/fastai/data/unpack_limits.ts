/** How much is taken out of an archive. */

/** What an archive may hold; more is an error, so that a small file cannot fill the disk. */
export interface UnpackLimits {
  entries: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Bytes of the whole archive once decompressed. */
  totalBytes: number;
  /** Decompressed bytes for each byte of the file, once the first 64 MiB are out. */
  ratio: number;
}

export const defaultLimits: Readonly<UnpackLimits> = {
  entries: 2_000_000,
  fileBytes: 8 * 2 ** 30,
  totalBytes: 64 * 2 ** 30,
  ratio: 200,
};
