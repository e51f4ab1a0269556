import * as torch from 'libtorch-node';

console.log(JSON.stringify({ result: torch.ones([2, 2]).sum().item() }));
