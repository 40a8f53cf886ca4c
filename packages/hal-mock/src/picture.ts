import type { MachineState } from '@virtkit/hal';
import type { Picture } from './png.ts';

const width = 320;
const height = 200;
const colours: Record<MachineState['kind'], [red: number, green: number, blue: number]> = {
  defined: [0, 0, 0],
  running: [0, 96, 32],
  paused: [160, 120, 0],
  'shutting-down': [120, 40, 0],
  stopped: [0, 0, 0],
};

/** What a mock machine's screen shows: the colour of its state under a band that fades from white. */
export function pictureOf(state: MachineState): Picture {
  const rgb = new Uint8Array(width * height * 3);
  const colour = colours[state.kind];
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const row = Math.floor(pixel / width);
    const white = 255 - Math.floor(((pixel % width) * 255) / width);
    rgb.set(row < height / 10 ? [white, white, white] : colour, pixel * 3);
  }
  return { width, height, rgb };
}
