/** How live migrations react to guests that do not come across; in force only behind their gates. */
export const builtInMigrationTuning = {
  stallDetector: {
    stallMargin: 4,
    ewmaAlpha: 0.4,
    /** Seconds. */
    stallProgressTimeout: 40,
    /** Seconds. */
    switchoverTimeout: 60,
    precopyPossibleFactor: 1.5,
    patienceWindowDecayFactor: 0.5,
    searchLocalMinima: true,
    completionTimeoutFactor: 2,
  },
  downtimeTuning: {
    /** Milliseconds. */
    initialMs: 150,
    steps: 7,
    startAfterIteration: 3,
    cooldownSeconds: 10,
  },
} as const;
