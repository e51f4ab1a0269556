import { execFileSync } from 'node:child_process';
import { expect } from 'chai';

/** Which of the drawing libraries' native parts a program has opened after some lines. */
function opened(lines: string): string[] {
  const script = `
    const { plt } = await import('./ts/plot/index.ts');
    ${lines}
    const files = process.report.getReport().sharedObjects.map((file) => file.split('/').pop());
    console.log(JSON.stringify(files.filter((file) => /resvg|image/.test(file))));`;
  const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return JSON.parse(out.trim().split('\n').at(-1)!) as string[];
}

describe('the drawing libraries', () => {
  it('are opened when they are first needed, not on import', () => {
    expect(opened('plt.plot([1, 2]);')).to.deep.equal([]);
    expect(opened('plt.plot([1, 2]); plt.gcf().toPNG();').join()).to.match(/resvg/);
  }).timeout(60_000);
});
