/** `npx libtorch-node demo`: a page on which a visitor draws digits and watches a net learn. */
export { startDemo } from './server.js';
export type { Demo, DemoOptions } from './server.js';
