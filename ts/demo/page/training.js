/** The training run as it goes: settings, figures, chart, sample predictions. */
import { ask, element, paintDigit, percent } from './tools.js';
import { drawChart } from './chart.js';

/**
 * @typedef {{train_loss: number, valid_loss: number, accuracy: number, seconds: number}} Figures
 * @typedef {{pixels: string, truth: number, guess: number, probability: number}} Sample
 * @typedef {{id: number, task: string, net: string, epochs: number, lr: number, status: string, message: string,
 *   digits: number[], source: string | null, pictures: number, parameters: number, batches: number,
 *   losses: number[], figures: Figures[], samples: Sample[]}} Run
 */

const figure = (/** @type {number | null} */ value) => (value === null ? '—' : value.toFixed(4));

export class Training {
  /** @type {Run | null} */
  run = null;
  #ready = false;
  #drawing = false;

  /** @param {(text: string) => void} complain */
  constructor(complain) {
    this.complain = complain;
    element('settings').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#start();
    });
    element('stop').addEventListener('click', () => void this.#send('/api/stop', {}));
    new ResizeObserver(() => this.#chart()).observe(element('chart'));
  }
  get active() {
    return this.run?.status === 'loading' || this.run?.status === 'running';
  }
  /** @param {boolean} ready whether a run may be started at all */
  set ready(ready) {
    this.#ready = ready;
    this.#buttons();
  }

  async #start() {
    const value = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (element(id)).value;
    /** @type {HTMLButtonElement} */ (element('start')).disabled = true;
    await this.#send('/api/train', {
      task: value('task'),
      net: value('net'),
      epochs: Number(value('epochs')),
      lr: Number(value('lr')),
    });
  }
  /**
   * @param {string} path
   * @param {object} body
   */
  async #send(path, body) {
    try {
      await ask(path, body);
    } catch (error) {
      this.complain(/** @type {Error} */ (error).message);
    } finally {
      this.#buttons();
    }
  }
  #buttons() {
    /** @type {HTMLButtonElement} */ (element('start')).disabled = this.active || !this.#ready;
    /** @type {HTMLButtonElement} */ (element('stop')).disabled = !this.active;
  }

  /** @param {Run | null} run the whole run: it begins, or the page has been opened meanwhile */
  begin(run) {
    this.run = run;
    this.#all();
  }
  /** @param {{id: number, from: number, losses: number[]}} event */
  losses({ id, from, losses }) {
    if (this.run?.id !== id) return;
    this.run.losses.splice(from, losses.length, ...losses);
    this.#chart();
    this.#status();
  }
  /** @param {{id: number, figures: Figures}} event */
  epoch({ id, figures }) {
    if (this.run?.id !== id) return;
    this.run.figures.push(figures);
    this.#chart();
    this.#table();
    this.#status();
  }
  /** @param {{id: number, samples: Sample[]}} event */
  samples({ id, samples }) {
    if (this.run?.id !== id) return;
    this.run.samples = samples;
    this.#samples();
  }
  /** @param {{id: number, status: string, message: string}} event */
  end({ id, status, message }) {
    if (this.run?.id !== id) return;
    Object.assign(this.run, { status, message });
    this.#all();
  }

  #all() {
    this.#buttons();
    this.#chart();
    this.#table();
    this.#samples();
    this.#status();
  }
  #status() {
    const { run } = this;
    if (!run) return;
    const done = run.batches === 0 ? 0 : run.losses.length / run.batches;
    /** @type {HTMLProgressElement} */ (element('progress')).value = done;
    const count = (/** @type {number} */ n) => n.toLocaleString('en');
    const best = run.figures.at(-1);
    const end = best ? ` Accuracy on test pictures: ${percent(best.accuracy)}.` : '';
    const epoch = Math.min(run.figures.length + 1, run.epochs);
    const words = {
      loading: 'Reading the pictures …',
      running: `Epoch ${epoch} of ${run.epochs} on ${count(run.pictures)} ${pictures(run.source)}; the net has ${count(run.parameters)} weights.${end}`,
      done: `Done.${end}`,
      stopped: `${run.message}${end}`,
      failed: run.message,
    }[run.status];
    element('status').textContent = words ?? run.status;
  }
  #chart() {
    // Figures may come more often than the screen shows them.
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      const empty = { losses: [], batches: 0, epochs: 1, figures: [] };
      drawChart(/** @type {HTMLCanvasElement} */ (element('chart')), this.run ?? empty);
    });
  }
  #table() {
    const rows = (this.run?.figures ?? []).map(({ train_loss, valid_loss, accuracy }, i) => {
      const row = document.createElement('tr');
      for (const text of [String(i + 1), figure(train_loss), figure(valid_loss), percent(accuracy, 2)])
        row.insertCell().textContent = text;
      return row;
    });
    const table = element('epochs-table');
    table.replaceChildren(...rows);
    // Not scrollIntoView, which would move the page under a hand that draws.
    const frame = table.closest('.table');
    if (frame) frame.scrollTop = frame.scrollHeight;
  }
  #samples() {
    const { run } = this;
    const list = element('samples');
    const samples = run?.samples ?? [];
    while (list.children.length > samples.length) list.lastElementChild?.remove();
    samples.forEach(({ pixels, truth, guess, probability }, i) => {
      const item = list.children[i] ?? list.appendChild(makeSample());
      paintDigit(/** @type {HTMLCanvasElement} */ (item.children[0]), pixels);
      const words = /** @type {HTMLElement} */ (item.children[1]);
      words.className = guess === truth ? 'right' : 'wrong';
      const digit = document.createElement('b');
      digit.textContent = `${guess === truth ? '✓' : '✗'} ${run?.digits[guess]}`;
      words.replaceChildren(digit, ` ${percent(probability, 0)}`);
    });
  }
}

function makeSample() {
  const item = document.createElement('li');
  const picture = document.createElement('canvas');
  picture.width = picture.height = 28;
  item.append(picture, document.createElement('span'));
  return item;
}

/** @param {string | null} source */
export const pictures = (source) => (source === 'mnist' ? 'MNIST pictures' : 'drawn pictures');
