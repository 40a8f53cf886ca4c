import { describe, it } from 'vitest';
import { makesDisk } from '../examples/disk-appears.ts';

describe('examples', () => {
  it('disk-appears', makesDisk);
});
