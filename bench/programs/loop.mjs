// Results that nobody frees, in a loop that never yields.
import * as torch from 'libtorch-node';
import { peakMegabytes } from './peak.mjs';

torch.set_num_threads(1);
const a = torch.ones([256, 784]);
const b = torch.ones([256, 784]);
const steps = Number(process.argv[2]);
for (let i = 0; i < steps; ++i) a.add(b);
const peak = peakMegabytes();
console.log(JSON.stringify({ peak, result: a.add(b).mean().item() }));
