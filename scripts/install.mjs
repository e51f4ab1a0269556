// npm's install step. In a project that depends on this one it never fails: whatever is missing can be fetched later
// by one command, and a broken network must not break somebody's `npm install`.
import { reasonOf } from './libtorch/errors.mjs';
import { isCheckout, packageRoot } from './libtorch/paths.mjs';

/**
 * Whether a failure should stop the install: only where somebody installs in the project's own checkout. npm also
 * prepares a git dependency in a clone, with this variable set.
 * @param {NodeJS.ProcessEnv} env
 */
export function strict(env = process.env, root = packageRoot) {
  return isCheckout(root) && (env.INIT_CWD ?? root) === root && !env._PACOTE_NO_PREPARE_;
}

if (process.env.LIBTORCH_NODE_SKIP_INSTALL === '1') {
  console.log('LIBTORCH_NODE_SKIP_INSTALL=1: run `npx libtorch-node setup` before the first import.');
} else {
  try {
    // Loaded here, so that a Node that is too old for these files can still say so.
    const { tooOldNode } = await import('./libtorch/platform.mjs');
    const old = tooOldNode();
    if (old) throw new Error(`${old.reason}\n${old.mend}`);
    const { ready } = await import('./ready.mjs');
    const { libtorch } = await ready();
    console.log(
      `libtorch-node is ready: libtorch ${libtorch.version} (${libtorch.variant}) at ${libtorch.root}`,
    );
  } catch (error) {
    console.error(`libtorch-node: ${reasonOf(error)}`);
    console.error(
      'libtorch-node is installed, but not ready. When the cause is mended, run: npx libtorch-node setup',
    );
    if (strict()) process.exitCode = 1;
  }
}
