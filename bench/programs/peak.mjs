import { readFileSync } from 'node:fs';

/** Megabytes at the highest. A process's own resource usage begins with that of the process that started it. */
export function peakMegabytes() {
  try {
    const kilobytes = /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) / 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1024;
}
