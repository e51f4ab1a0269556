/** What the model says of the drawing: asked again while it changes, one question at a time. */
import { ask, element, paintDigit, percent } from './tools.js';

/** @typedef {{digits: number[], probabilities: number[] | null, pixels: string | null}} Answer */

export class Guess {
  #asking = false;
  #again = false;

  /**
   * @param {import('./paper.js').Paper} paper
   * @param {() => {name: string, digits: readonly number[], ready: boolean}} model the chosen one
   */
  constructor(paper, model) {
    this.paper = paper;
    this.model = model;
  }
  /** Asks now, or as soon as the last question is answered. */
  async update() {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#ask();
      }
    } finally {
      this.#asking = false;
    }
  }
  async #ask() {
    const { name, digits, ready } = this.model();
    const { lines } = this.paper;
    if (!ready || lines.length === 0) {
      this.show({ digits: [...digits], probabilities: null, pixels: null });
      if (!ready && lines.length > 0) this.say('This net is not trained yet.');
      return;
    }
    try {
      const answer = await ask('/api/predict', { model: name, strokes: lines });
      this.show(/** @type {Answer} */ (answer));
    } catch (error) {
      this.say(/** @type {Error} */ (error).message);
    }
  }
  /**
   * Shows words in place of a guess.
   * @param {string} words
   */
  say(words) {
    element('guess').textContent = words;
    for (const bar of element('bars').children) this.#bar(/** @type {HTMLElement} */ (bar), null, false);
  }
  /** @param {Answer} answer */
  show({ digits, probabilities, pixels }) {
    const bars = element('bars');
    if (bars.dataset['digits'] !== digits.join()) {
      bars.dataset['digits'] = digits.join();
      bars.replaceChildren(...digits.map(makeBar));
    }
    paintDigit(/** @type {HTMLCanvasElement} */ (element('seen')), pixels);
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    digits.forEach((_, i) =>
      this.#bar(/** @type {HTMLElement} */ (bars.children[i]), probabilities?.[i] ?? null, i === best),
    );
    const guess = element('guess');
    if (!probabilities) {
      guess.textContent = '';
      return;
    }
    const digit = document.createElement('b');
    digit.textContent = String(digits[best]);
    const p = probabilities[best] ?? 0;
    const words = p > 0.9 ? 'This is a' : p > 0.6 ? 'Probably a' : 'Perhaps a';
    guess.replaceChildren(words, digit, this.paper.full ? '(the paper is full: clear it)' : '');
  }
  /**
   * @param {HTMLElement} bar
   * @param {number | null} p null: nothing is drawn
   * @param {boolean} best
   */
  #bar(bar, p, best) {
    bar.classList.toggle('top', best);
    /** @type {HTMLElement} */ (bar.querySelector('.fill')).style.width = `${(p ?? 0) * 100}%`;
    /** @type {HTMLElement} */ (bar.querySelector('.share')).textContent = p === null ? '' : percent(p);
  }
}

/** @param {number} digit */
function makeBar(digit) {
  const bar = document.createElement('li');
  bar.dataset['digit'] = String(digit);
  for (const name of ['label', 'track', 'share']) {
    const part = document.createElement('span');
    part.className = name;
    bar.append(part);
  }
  const fill = document.createElement('div');
  fill.className = 'fill';
  /** @type {HTMLElement} */ (bar.children[0]).textContent = String(digit);
  bar.children[1]?.append(fill);
  return bar;
}
