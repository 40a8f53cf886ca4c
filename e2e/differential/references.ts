const reference = /\{\{([^{}]+)\}\}/g;

/** Fills the references of a value in; one that leads nowhere becomes `missing`, which both servers are asked about alike. */
export function fill<T>(value: T, known: ReadonlyMap<string, unknown>): T {
  return filled(value, known) as T;
}

function filled(value: unknown, known: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    const whole = /^\{\{([^{}]+)\}\}$/.exec(value);
    if (whole !== null) return find(whole[1]!, known);
    return value.replaceAll(reference, (_, path: string) => textOf(find(path, known)));
  }
  if (Array.isArray(value)) return value.map((element) => filled(element, known));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [textOf(filled(key, known)), filled(member, known)]),
    );
  return value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function find(path: string, known: ReadonlyMap<string, unknown>): unknown {
  const [name = '', ...members] = path.split('.');
  let current = known.get(name);
  for (const member of members) {
    if (typeof current !== 'object' || current === null) return 'missing';
    current = (current as Record<string, unknown>)[member];
  }
  return current ?? 'missing';
}
