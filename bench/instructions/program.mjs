// What valgrind counts: one kind of work, so many times over, after a warm-up that compiles it.
import * as torch from '../../dist/index.js';

const [name, count] = [process.argv[2] ?? '', Number(process.argv[3])];
torch.set_num_threads(1);
torch.manual_seed(0);

/** @type {Record<string, () => () => void>} */
const works = {
  add() {
    const [a, b] = [torch.randn([2, 2]), torch.randn([2, 2])];
    return () => {
      a.add(b).dispose();
    };
  },
  // Forward, backward and step of a linear layer on a batch of 8.
  step() {
    const { nn, optim } = torch;
    const [x, y] = [torch.randn([8, 16]), torch.randn([8, 1])];
    const model = nn.Linear(16, 1);
    const opt = optim.SGD(model.parameters(), { lr: 0.01 });
    return () => {
      torch.tidy(() => {
        nn.functional.mse_loss(model(x), y).backward();
        opt.step();
        opt.zero_grad();
      });
    };
  },
};
const work = works[name]?.();
if (!work) throw new Error(`no work ${name}`);
for (let i = 0; i < count; ++i) work();
