const inCi = 1683699339;

/**
 * What is generated is drawn from this: from what `DIFFERENTIAL_SEED` says, else from another number in each run. In CI it is always the
 * same one, so that a change is not held up by what it did not cause.
 */
export const seed = Number(
  process.env.DIFFERENTIAL_SEED ??
    (process.env.CI === undefined ? Math.floor(Math.random() * 2 ** 31) : inCi),
);
