// The first import in a fresh process, and a first tensor.
const started = performance.now();
const torch = await import('libtorch-node');
const imported = performance.now() - started;

console.log(JSON.stringify({ import: imported, result: torch.ones([2, 2]).sum().item() }));
