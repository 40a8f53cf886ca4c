/**
 * Characters of JSON that an object may have with everything that the server adds to it. Patches could make one grow for ever: each
 * of them is small, but what they make of it is written again every time.
 */
export const MOST_STORED = 4 * 1024 * 1024;
