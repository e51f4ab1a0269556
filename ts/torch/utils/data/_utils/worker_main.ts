/** The first file of a worker thread. */
import { run } from './worker.js';

run();
