/** The chart of losses. */

/** @param {number} value */
const text = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/**
 * A round step that divides `span` into three to six parts.
 * @param {number} span
 */
function stepOf(span) {
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{losses: number[], batches: number, epochs: number, figures: {valid_loss: number | null}[]}} run
 */
export function drawChart(canvas, { losses, batches, epochs, figures }) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  context.font = `11px ${style.fontFamily}`;

  const shown = [...losses, ...figures.map((f) => f.valid_loss ?? 0)];
  const top = shown.reduce((most, loss) => Math.max(most, loss), batches === 0 ? 2.3 : 0.1) * 1.05;
  const [left, right, bottom] = [36, 8, 18];
  const x = (/** @type {number} */ batch) => left + ((width - left - right) * batch) / Math.max(batches, 1);
  const y = (/** @type {number} */ loss) => height - bottom - ((height - bottom - 8) * loss) / top;

  context.strokeStyle = color('--line');
  context.fillStyle = color('--soft');
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const step = stepOf(top);
  for (let loss = 0; loss <= top; loss += step) {
    context.beginPath();
    context.moveTo(left, y(loss));
    context.lineTo(width - right, y(loss));
    context.stroke();
    context.fillText(text(loss), left - 6, y(loss));
  }
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  if (batches === 0) return;
  const every = Math.ceil(epochs / 10);
  for (let epoch = 0; epoch <= epochs; epoch += every)
    context.fillText(
      epoch === 0 ? 'epoch 0' : String(epoch),
      Math.max(x((batches * epoch) / epochs), left + 14),
      height,
    );

  context.strokeStyle = color('--main');
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.beginPath();
  losses.forEach((loss, i) => context[i === 0 ? 'moveTo' : 'lineTo'](x(i + 1), y(loss)));
  context.stroke();
  context.fillStyle = color('--dot');
  figures.forEach(({ valid_loss }, i) => {
    if (valid_loss === null) return;
    context.beginPath();
    context.arc(x((batches * (i + 1)) / epochs), y(valid_loss), 4, 0, 7);
    context.fill();
  });
}
