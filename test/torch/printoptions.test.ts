import { expect } from 'chai';
import { ArgumentError } from '../../ts/torch/errors.js';
import { get_printoptions, printoptions, set_printoptions } from '../../ts/torch/printoptions.js';

const defaults = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sci_mode: null };

describe('print options', () => {
  afterEach(() => set_printoptions({ profile: 'default' }));

  it('start with the defaults of PyTorch', () => {
    expect(get_printoptions()).to.deep.equal(defaults);
  });

  it('keep what is not given, except sci_mode', () => {
    set_printoptions({ precision: 2, sci_mode: true });
    expect(get_printoptions()).to.deep.equal({ ...defaults, precision: 2, sci_mode: true });
    set_printoptions({ linewidth: 100, precision: null });
    expect(get_printoptions()).to.deep.equal({ ...defaults, precision: 2, linewidth: 100 });
  });

  it('apply a profile before the other options', () => {
    set_printoptions({ profile: 'short', edgeitems: 5 });
    expect(get_printoptions()).to.deep.equal({ ...defaults, precision: 2, edgeitems: 5 });
    set_printoptions({ profile: 'full' });
    expect(get_printoptions()).to.deep.equal({ ...defaults, threshold: Infinity });
  });

  it('come back as a copy that can be set again', () => {
    set_printoptions({ precision: 7, sci_mode: false });
    const saved = get_printoptions();
    saved.linewidth = 1;
    expect(get_printoptions().linewidth).to.equal(80);
    set_printoptions({ profile: 'default' });
    set_printoptions({ ...saved, linewidth: 80 });
    expect(get_printoptions()).to.deep.equal({ ...defaults, precision: 7, sci_mode: false });
  });

  it('refuse what they do not know and change nothing then', () => {
    const refused: [object, string][] = [
      [{ precison: 2 }, "unknown option 'precison'; the options are precision, threshold"],
      [{ precision: 2, linewidth: -1 }, 'linewidth must be a non-negative number, not -1'],
      [{ precision: 1.5 }, 'precision must be a non-negative number'],
      [{ precision: 101 }, 'precision must be at most 100, not 101'],
      [{ edgeitems: '3' }, 'edgeitems must be a non-negative number'],
      [{ threshold: NaN }, 'threshold must be a non-negative number'],
      [{ edgeitems: 2, profile: 'tiny' }, "profile must be default, short or full, not 'tiny'"],
      [{ profile: 'toString' }, 'profile must be'],
      [{ sci_mode: 1 }, 'sci_mode must be true, false or null'],
    ];
    for (const [options, message] of refused) {
      expect(() => set_printoptions(options), JSON.stringify(options)).to.throw(ArgumentError, message);
      expect(get_printoptions()).to.deep.equal(defaults);
    }
  });

  it('hold for a callback, its promise and its failure, and no longer', async () => {
    expect(printoptions({ precision: 1 }, () => get_printoptions().precision)).to.equal(1);
    expect(get_printoptions()).to.deep.equal(defaults);
    const promise = printoptions({ precision: 2 }, async () => {
      await Promise.resolve();
      return get_printoptions().precision;
    });
    expect(await promise).to.equal(2);
    expect(get_printoptions()).to.deep.equal(defaults);
    const fail = () => {
      throw new Error('inside');
    };
    expect(() => printoptions({ precision: 3 }, fail)).to.throw('inside');
    expect(get_printoptions()).to.deep.equal(defaults);
  });
});
