import { setTimeout as turn } from 'node:timers/promises';
import { expect } from 'chai';
import * as torch from '../../../ts/torch/index.js';
import type { Tensor } from '../../../ts/torch/index.js';
import { message, thrown } from '../../support/thrown.js';
import { refuses } from './fixture.js';

const { detect_anomaly, is_anomaly_enabled, set_detect_anomaly } = torch.autograd;

/** The derivative of sqrt at 0 is infinite, and infinite times 0 is nan. */
function nanInBackward(): void {
  torch.zeros(2, { requires_grad: true }).sqrt().mul(0).sum().backward();
}

describe('detect_anomaly', () => {
  afterEach(() => {
    expect(is_anomaly_enabled()).to.equal(false);
  });

  it('turns a nan into an error that names the operator', () => {
    nanInBackward();
    refuses('anomaly', () => {
      detect_anomaly(nanInBackward);
    });
    detect_anomaly(nanInBackward, { check_nan: false });
  });

  it('warns which node failed, without frames of C++', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', listen);
    expect(() => {
      // Another node than above: a warning is shown once.
      detect_anomaly(() => {
        torch.zeros(2, { requires_grad: true }).log().mul(0).sum().backward();
      });
    }).to.throw(torch.TorchError);
    torch.ones(1);
    await turn(5);
    process.off('warning', listen);
    expect(warnings).to.include('Error detected in LogBackward0.');
  });

  it('lets finite gradients and results pass', () => {
    const x = torch.ones(1, { requires_grad: true });
    expect(detect_anomaly(() => (x.mul(2).backward(), 'result'))).to.equal('result');
    expect(x.grad!.item()).to.equal(2);
  });

  it('names a function written in JavaScript', () => {
    class Broken extends torch.autograd.Function {
      static override forward(_ctx: torch.autograd.FunctionCtx, a: Tensor): Tensor {
        return a.mul(1);
      }
      static override backward(_ctx: torch.autograd.FunctionCtx, g: Tensor): Tensor {
        return g.mul(NaN);
      }
    }
    expect(
      message(() => {
        detect_anomaly(() => {
          Broken.apply(torch.ones(1, { requires_grad: true })).backward();
        });
      }),
    ).to.equal("Function 'BrokenBackward' returned nan values in its 0th output.");
  });

  it('passes on what the function throws, and ends', () => {
    const error = new Error('inside');
    expect(
      thrown(() =>
        detect_anomaly(() => {
          throw error;
        }),
      ),
    ).to.equal(error);
  });

  it('holds for a block with `using`, and nests', () => {
    {
      using _ = detect_anomaly();
      expect(is_anomaly_enabled()).to.equal(true);
      {
        using _inner = set_detect_anomaly(false);
        nanInBackward();
      }
      expect(nanInBackward).to.throw(torch.TorchError, /SqrtBackward0/);
      {
        using _inner = detect_anomaly({ check_nan: false });
        nanInBackward();
      }
      expect(nanInBackward).to.throw(torch.TorchError, /SqrtBackward0/);
    }
  });

  it('is switched by a statement', () => {
    set_detect_anomaly(true);
    expect(is_anomaly_enabled()).to.equal(true);
    set_detect_anomaly(false);
  });
});
