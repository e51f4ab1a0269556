/** The page: the models to choose from, and what the server says while it works. */
import { Guess } from './guess.js';
import { Paper } from './paper.js';
import { element, percent } from './tools.js';
import { pictures, Training } from './training.js';

/**
 * @typedef {{name: string, title: string, net: string, digits: number[], status: string, progress: number,
 *   accuracy: number | null, pictures: number | null, source: string | null, reason: string, message: string}} Model
 */

let chosen = 'digits';
/** @type {Model[]} */
let models = [];

const paper = new Paper(/** @type {HTMLCanvasElement} */ (element('paper')), () => {
  element('hint').hidden = paper.lines.length > 0;
  void guess.update();
});
const guess = new Guess(paper, () => {
  const model = models.find(({ name }) => name === chosen);
  const digits = model?.digits ?? training.run?.digits ?? [];
  return { name: chosen, digits, ready: model ? model.status === 'ready' : training.run !== null };
});
const training = new Training((text) => trouble(text));
element('clear').addEventListener('click', () => paper.clear());
element('undo').addEventListener('click', () => paper.undo());

/** @param {string} text empty: all is well */
function trouble(text) {
  const place = element('trouble');
  place.textContent = text;
  place.hidden = text === '';
}

/** The button of a model. @param {string} name @param {string} title @param {boolean} usable */
function choice(name, title, usable) {
  const id = `model-${name}`;
  let input = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
  if (!input) {
    const label = document.createElement('label');
    input = document.createElement('input');
    Object.assign(input, { type: 'radio', name: 'model', id, value: name });
    input.addEventListener('change', () => choose(name));
    label.append(input, document.createElement('span'));
    element('models').append(label);
  }
  input.disabled = !usable;
  input.checked = name === chosen;
  /** @type {HTMLElement} */ (input.nextElementSibling).textContent = title;
}

/** @param {string} name */
function choose(name) {
  chosen = name;
  refresh();
  void guess.update();
}

/** @param {Model} model */
function about({ status, net, accuracy, pictures: count, source, reason, progress, message }) {
  const data = `${count?.toLocaleString('en')} ${pictures(source)}`;
  const why = source === 'drawn' ? ` They stand in for MNIST: ${reason}.` : '';
  const net_ = net.toLowerCase();
  switch (status) {
    case 'ready':
      return `Net: ${net_}, trained on ${data}; ${percent(accuracy ?? 0)} of the test pictures right.${why}`;
    case 'training':
      return `Training on ${data}: ${percent(progress, 0)} …${why}`;
    case 'loading':
      return 'Looking for MNIST and reading its pictures; the first time takes a while …';
    case 'failed':
      return `This model is missing: ${message}`;
    default:
      return 'Waits for the other model to be trained …';
  }
}

function refresh() {
  // The quick one is trained first, the more interesting one stands first.
  for (const { name, title, status } of [...models].reverse()) choice(name, title, status !== 'failed');
  const { run } = training;
  if (run) choice('run', training.active ? 'In training' : 'Your run', true);
  const model = models.find(({ name }) => name === chosen);
  element('about').textContent = model
    ? about(model)
    : 'The net of the run on this page, as good as it is at this moment: draw while it learns.';
  training.ready = models.every(({ status }) => status === 'ready' || status === 'failed');
}

/** @param {Model[]} now */
function setModels(now) {
  const usable = (/** @type {Model[]} */ list) => list.find(({ name }) => name === chosen)?.status;
  const became = usable(models) !== usable(now);
  models = now;
  refresh();
  if (became) void guess.update();
}

/** @param {string} id @param {{name: string, title: string}[]} options */
function fill(id, options) {
  const select = /** @type {HTMLSelectElement} */ (element(id));
  if (select.options.length > 0) return;
  select.append(...options.map(({ name, title }) => new Option(title, name)));
}

const server = new EventSource('/api/events');
/** @param {string} name @param {(data: any) => void} listener */
const on = (name, listener) =>
  server.addEventListener(name, (event) => listener(JSON.parse(/** @type {MessageEvent} */ (event).data)));
server.addEventListener('error', () =>
  trouble('The connection is lost. Is the command still running in the terminal?'),
);
on('state', (state) => {
  trouble('');
  fill('task', [...state.models].reverse());
  fill('net', [...state.nets].reverse());
  training.begin(state.run);
  if (chosen === 'run' && !state.run) chosen = 'digits';
  setModels(state.models);
});
on('models', setModels);
on('run', (run) => {
  trouble('');
  training.begin(run);
  refresh();
});
on('losses', (event) => {
  training.losses(event);
  // The net has changed, and so has what it says of the drawing.
  if (chosen === 'run') void guess.update();
});
on('epoch', (event) => training.epoch(event));
on('samples', (event) => training.samples(event));
on('end', (event) => {
  training.end(event);
  refresh();
  if (chosen === 'run') void guess.update();
});
