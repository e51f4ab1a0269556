/** The page part in which an animation is watched frame by frame. */

/** The script knows nothing of the figure; the frames are markup that is shown and hidden. */
const SCRIPT = `
const root = document.currentScript.parentElement;
const frames = [...root.querySelectorAll('.frame')];
const slider = root.querySelector('input');
const button = root.querySelector('button');
let at = 0, timer = null;
const show = (i) => { frames[at].style.display = 'none'; at = i; frames[at].style.display = ''; slider.value = i; };
const stop = () => { clearInterval(timer); timer = null; button.textContent = 'Play'; };
const play = () => {
  button.textContent = 'Pause';
  timer = setInterval(() => {
    if (at + 1 < frames.length) show(at + 1);
    else if (root.dataset.repeat === 'true') show(0);
    else stop();
  }, Number(root.dataset.interval));
};
button.onclick = () => (timer === null ? play() : stop());
slider.oninput = () => { stop(); show(Number(slider.value)); };
play();
`;

export function player(frames: readonly string[], interval: number, repeat: boolean): string {
  const layers = frames.map(
    (svg, i) => `<div class="frame"${i === 0 ? '' : ' style="display: none"'}>${svg}</div>`,
  );
  return [
    `<div class="animation" data-interval="${interval}" data-repeat="${repeat}">`,
    ...layers,
    `<div><button type="button">Pause</button> <input type="range" min="0" max="${frames.length - 1}" value="0" aria-label="Frame"></div>`,
    `<script>${SCRIPT}</script>`,
    '</div>',
  ].join('\n');
}
