/** A look-up that could not be answered. The request is refused with the HTTP status 400 unless the rule knows better. */
export class LookUpFailure extends Error {
  override readonly name = 'LookUpFailure';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What a look-up answers. @throws LookUpFailure */
export async function lookUp<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new LookUpFailure(cause);
  }
}

/** What a look-up answers, or undefined where it cannot be answered and that does not matter. */
export async function lookUpLeniently<T>(ask: () => Promise<T>): Promise<T | undefined> {
  const answer = await answered(ask);
  return 'found' in answer ? answer.found : undefined;
}

/** What a look-up answers, or why it cannot be answered. */
export async function answered<T>(
  ask: () => Promise<T>,
): Promise<{ readonly found: T } | { readonly error: string }> {
  try {
    return { found: await lookUp(ask) };
  } catch (failure) {
    if (failure instanceof LookUpFailure) return { error: failure.message };
    throw failure;
  }
}
