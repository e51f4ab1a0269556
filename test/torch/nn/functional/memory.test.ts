/** Functions that are made of several operators keep none of their temporaries. */
import { expect } from 'chai';
import * as torch from '../../../../ts/torch/index.js';
import { nn } from '../../../../ts/torch/index.js';

const F = nn.functional;

/** How many tensors a call leaves besides its result, none of which waits for the garbage collector. */
function leftBy(call: () => torch.Tensor): number {
  torch.memory({ collect: true });
  const before = torch.memory().tensors;
  const result = call();
  const left = torch.memory().tensors - before - 1;
  result.dispose();
  return left;
}

describe('torch/nn/functional: memory', () => {
  const x = torch.rand([2, 4, 6]);
  const y = torch.rand([2, 4, 6]);
  const w = torch.rand([2, 4, 6]);
  const row = torch.rand([6]);
  const table = torch.rand([5, 3]);
  const index = torch.tensor([
    [1n, 2n],
    [0n, 4n],
  ]);
  const projection = torch.rand([18, 6]);
  const square = torch.rand([6, 6]);
  const calls: Record<string, () => torch.Tensor> = {
    mse_loss: () => F.mse_loss(x, y, { weight: w }),
    l1_loss: () => F.l1_loss(x, y, { weight: w, reduction: 'sum' }),
    'huber_loss of two shapes': () => F.huber_loss(x, row),
    kl_div: () => F.kl_div(x, y, { reduction: 'batchmean' }),
    gaussian_nll_loss: () => F.gaussian_nll_loss(x, y, w, { full: true }),
    binary_cross_entropy: () => F.binary_cross_entropy(x, y, row),
    multilabel_soft_margin_loss: () => F.multilabel_soft_margin_loss(x, y, { weight: row }),
    triplet_margin_with_distance_loss: () => F.triplet_margin_with_distance_loss(x, y, w, { swap: true }),
    linear_cross_entropy: () => F.linear_cross_entropy(torch.ones([2, 3]), table, torch.tensor([1n, 4n])),
    normalize: () => F.normalize(x),
    local_response_norm: () => F.local_response_norm(x, 3),
    lp_pool1d: () => F.lp_pool1d(x, 3, 2),
    'adaptive_max_pool1d without indices': () => F.adaptive_max_pool1d(x, 3),
    fractional_max_pool2d: () => F.fractional_max_pool2d(x, 2, { output_size: 2 }),
    'dropout1d without a batch': () => F.dropout1d(torch.keep(row).reshape([2, 3])),
    embedding: () => F.embedding(index, table, { max_norm: 0.5 }),
    embedding_bag: () => F.embedding_bag(index, table),
    multi_head_attention_forward: () => {
      const [output, weights] = F.multi_head_attention_forward(
        ...([x, x, x, 6, 2, projection, null, null, null, true, 0, square, null] as const),
      );
      weights!.dispose();
      return output;
    },
  };
  for (const [name, call] of Object.entries(calls))
    it(`${name} leaves nothing but its result`, () => {
      call().dispose();
      // Inputs that a call makes for itself are not the function's.
      const own = /linear_cross|dropout1d/.test(name) ? (name.startsWith('linear') ? 2 : 1) : 0;
      expect(leftBy(call)).to.equal(own);
    });

  it("a distance of the user's may keep a tensor for later", () => {
    let scale: torch.Tensor | undefined;
    const distance_function = (a: torch.Tensor, b: torch.Tensor): torch.Tensor => {
      scale ??= torch.ones([1]);
      return a.sub(b).mul(scale).norm(2, -1);
    };
    const loss = nn.TripletMarginWithDistanceLoss({ distance_function });
    const first = loss(x, y, w).item();
    expect(loss(x, y, w).item()).to.equal(first);
  });

  it('a hook inside AdaptiveLogSoftmaxWithLoss may keep what it sees', () => {
    const loss = nn.AdaptiveLogSoftmaxWithLoss(6, 5, [2]);
    const seen: torch.Tensor[] = [];
    loss.head.register_forward_hook((_module, _args, output: torch.Tensor) => void seen.push(output));
    loss(torch.rand([2, 6]), torch.tensor([0n, 4n]));
    expect([...seen[0]!.shape]).to.deep.equal([2, 3]);
    expect(seen[0]!.isfinite().all().item()).to.equal(true);
  });
});
