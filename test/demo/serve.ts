/** Serves the demo with models trained on drawn digits, kept in the folder that is named; says its address when ready. */
import { startDemo } from '../../ts/demo/index.js';

void (async () => {
  const demo = await startDemo({ cache: process.argv[2]!, drawn: true });
  await demo.studio.prepared;
  console.log(demo.url);
})();
