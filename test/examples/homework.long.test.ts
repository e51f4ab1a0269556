/** All ten digits with all pictures: the accuracies on the 10,000 test images. */
import { expect } from 'chai';

import { needs, runExample } from './support.js';

describe('example: homework, with all pictures', function () {
  this.timeout(900_000);
  it('reaches 0.92 linear, 0.953 with two layers, 0.99 with convolutions', async function () {
    needs(this, 'mnist_png.tgz');
    const { outputs } = await runExample('seeds/homework.ts');
    expect(outputs.get(8)).to.match(/torch\.Size\(\[60000, 28, 28\]\).*torch\.Size\(\[10000, 28, 28\]\)/);
    const baselines = outputs
      .get(9)!
      .split('\n')
      .map((line) => line.split(':')[1]!.trim().split(' '));
    const digits = [
      [
        '0.6685',
        '0.8153',
        '0.9982',
        '0.4234',
        '0.6089',
        '0.6680',
        '0.3262',
        '0.7871',
        '0.7646',
        '0.4425',
        '0.7760',
      ],
      [
        '0.8203',
        '0.8959',
        '0.9621',
        '0.7568',
        '0.8059',
        '0.8259',
        '0.6861',
        '0.8633',
        '0.8327',
        '0.7372',
        '0.8067',
      ],
    ];
    baselines.forEach((line, i) => {
      line.forEach((share, d) => {
        expect(Number(share)).to.be.closeTo(Number(digits[i]![d]), 3e-4);
      });
    });
    const [mean, linear, two, cnn] = outputs
      .get(16)!
      .split('\n')
      .map((line) => Number(line.split(/ +/).at(-1)));
    expect(mean).to.be.closeTo(0.8203, 3e-4);
    expect(linear).to.be.at.least(0.92);
    expect(two).to.be.at.least(0.953);
    expect(cnn).to.be.at.least(0.99);
  });
});
