/** Hue, saturation and value. https://docs.fast.ai/vision.augment.html#hsv-transforms */
import { stack, tidy, where, type Tensor } from '../../../torch/index.js';

/** Colours [N, 3, H, W] from 0 to 1 as hue, saturation and value, from 0 to 1 too. */
export function rgb2hsv(img: Tensor): Tensor {
  return tidy(() => {
    const [r, g, b] = img.unbind(1) as [Tensor, Tensor, Tensor];
    const [most, least] = [img.amax(1), img.amin(1)];
    const range = most.sub(least);
    const grey = most.eq(least);
    const one = most.new_ones([]);
    const saturation = range.div(where(grey, one, most));
    const away = (channel: Tensor) => most.sub(channel).div(where(grey, one, range));
    const [red, green, blue] = [away(r), away(g), away(b)];
    const isRed = most.eq(r);
    const isGreen = most.eq(g).logical_and(isRed.logical_not());
    const isBlue = most.ne(g).logical_and(most.ne(r));
    // A third of the circle for each of the channels that can be the largest.
    const sixths = isRed
      .mul(blue.sub(green))
      .add(isGreen.mul(red.add(2).sub(blue)))
      .add(isBlue.mul(green.add(4).sub(red)));
    return stack([sixths.div(6).add(1).fmod(1), saturation, most], 1);
  });
}

/** Hue, saturation and value [N, 3, H, W] as colours. */
export function hsv2rgb(img: Tensor): Tensor {
  return tidy(() => {
    const [h, s, v] = img.unbind(1) as [Tensor, Tensor, Tensor];
    const turned = h.mul(6);
    const sixth = turned.floor();
    const within = turned.sub(sixth);
    const falls = (by: Tensor) => v.mul(by.neg().add(1)).clamp({ min: 0, max: 1 });
    const [low, falling, rising] = [falls(s), falls(s.mul(within)), falls(s.mul(within.neg().add(1)))];
    const channels = [
      [v, falling, low, low, rising, v],
      [rising, v, v, falling, low, low],
      [low, low, rising, v, v, falling],
    ];
    const place = sixth.remainder(6).long().unsqueeze(1);
    const chosen = channels.map((sixths) => stack(sixths, 1).gather(1, place).squeeze(1));
    return stack(chosen, 1);
  });
}
