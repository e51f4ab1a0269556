/** What the parts of the page share. */

/** @param {string} id */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Asks the server; what it refuses is an Error with its words.
 * @param {string} path
 * @param {object} body
 */
export async function ask(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error('the server does not answer');
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export const percent = (/** @type {number} */ share, digits = 1) => `${(share * 100).toFixed(digits)} %`;

/**
 * @param {HTMLCanvasElement} canvas of 28x28
 * @param {string | null} pixels bytes in base64, or null for black
 */
export function paintDigit(canvas, pixels) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const image = context.createImageData(28, 28);
  const bytes = pixels === null ? '' : atob(pixels);
  for (let i = 0; i < 784; i++) image.data.fill(bytes.charCodeAt(i) || 0, 4 * i, 4 * i + 3);
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  context.putImageData(image, 0, 0);
}
