/** The paper: lines drawn with a mouse, fingers or a pen, kept as points in parts of its side. */

/** @typedef {[number, number]} Point */

/** The server takes 5,000; some room for the line that is being drawn. */
const MOST_POINTS = 4500;
/** Points closer than this say nothing new. */
const CLOSE = 0.004;

export class Paper {
  /** @type {Point[][]} */
  lines = [];
  /** @type {Map<number, Point[]>} the lines that pens are drawing now */
  #pens = new Map();
  #points = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} changed called after each change
   */
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel']))
      canvas.addEventListener(name, (event) => this.#pens.delete(event.pointerId));
    new ResizeObserver(() => this.#paint()).observe(canvas);
  }
  get full() {
    return this.#points >= MOST_POINTS;
  }
  clear() {
    this.lines = [];
    this.#pens.clear();
    this.#update();
  }
  undo() {
    this.lines.pop();
    this.#pens.clear();
    this.#update();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || this.full) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const line = [this.#place(event)];
    this.#pens.set(event.pointerId, line);
    this.lines.push(line);
    this.#update();
  }
  /** @param {PointerEvent} event */
  #move(event) {
    const line = this.#pens.get(event.pointerId);
    if (!line || this.full) return;
    const events = event.getCoalescedEvents?.() ?? [];
    let added = 0;
    for (const one of events.length > 0 ? events : [event]) {
      const point = this.#place(one);
      const last = line[line.length - 1];
      if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < CLOSE) continue;
      line.push(point);
      added++;
    }
    if (added > 0) this.#update();
  }
  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    // A captured pen may be far away; the paper ends somewhere.
    const part = (/** @type {number} */ at, /** @type {number} */ size) =>
      Math.round(Math.min(Math.max(at / size, -0.1), 1.1) * 10000) / 10000;
    return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
  }
  #update() {
    this.#points = this.lines.reduce((sum, line) => sum + line.length, 0);
    this.#paint();
    this.changed();
  }
  #paint() {
    const { canvas } = this;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.clearRect(0, 0, side, side);
    context.lineWidth = side / 14;
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = '#1a1a1a';
    for (const line of this.lines) {
      const [first, ...rest] = line;
      if (!first) continue;
      context.beginPath();
      context.moveTo(first[0] * side, first[1] * side);
      // Without a second point nothing would be drawn: a dot is a line to itself.
      for (const [x, y] of rest.length > 0 ? rest : [first]) context.lineTo(x * side, y * side);
      context.stroke();
    }
  }
}
