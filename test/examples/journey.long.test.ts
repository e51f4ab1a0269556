/** The journey with all pictures: the cells that --quick cannot show. */
import { expect } from 'chai';

import { needs, runExample } from './support.js';

describe('example: journey, with all pictures', function () {
  this.timeout(300_000);
  it('prints what the post and the book show', async function () {
    needs(this, 'mnist_sample.tgz');
    const { outputs } = await runExample('seeds/journey.ts');
    expect(outputs.get(5)).to.equal('(6131, torch.Size([28, 28]))');
    expect(outputs.get(6)).to.equal('torch.Size([6131, 28, 28])');
    expect(outputs.get(7)).to.equal('shape:  torch.Size([6131, 28, 28])\nrank:  3\ntype:  torch.float32');
    expect(outputs.get(8)).to.equal('torch.Size([6131, 784])\ntorch.Size([6131, 28, 28])');
    expect(outputs.get(9)).to.equal(
      '(tensor(0.1114), tensor(0.2021))\n(tensor(0.1586), tensor(0.3021))\nTrue',
    );
  });
});
