/** One addon on this disk, with the loader that goes before it. */
export interface Addon {
  addon: string;
  loader: string;
  /** The build-info.json beside it. */
  info: string;
  source: 'LIBTORCH_NODE_BUILD' | 'build' | 'prebuilt';
  /** Version of the libtorch that it was built for; null where nothing says so. */
  builtFor: string | null;
}

export interface Places {
  env?: NodeJS.ProcessEnv;
  /** Folder of the package. */
  root?: string;
}

/** Folder of the binaries that the package ships for a system. */
export function prebuiltFolder(root?: string, platform?: string, arch?: string): string;

/** prebuildify's name for the addon in it: with the C library where a system has several. */
export function prebuiltName(platform?: string): string;

/** The addons that are there, the one to prefer first. */
export function addons(places?: Places): Addon[];

/** The addon for a libtorch: the first that serves its minor version, or that does not say what it serves. */
export function chooseAddon(version: string, there?: readonly Addon[]): Addon | null;

/** Where addons are looked for, for messages. */
export function addonPlaces(places?: Places): string[];
