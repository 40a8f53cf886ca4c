import { RE2JS, RE2JSSyntaxException } from 're2js';
import { CelFault } from '../errors.ts';
import type { Budget } from '../budget.ts';
import type { LibrarySource } from '../overloads.ts';
import { list, type CelList, type CelValue } from '../values.ts';

const KEPT = 500;
const compiled = new Map<string, RE2JS>();

/** Instructions that an expression may be compiled to, which for short ones with repetitions are many. */
const MOST_INSTRUCTIONS = 100_000;

/** Steps of work that it takes to make one of them. */
const COMPILING = 20;

/** Compiles a regular expression of RE2, which matches in linear time. @throws CelFault */
export function regex(pattern: string, prefix = ''): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (instructionsOf(pattern) > MOST_INSTRUCTIONS)
    throw new CelFault(`${prefix}error parsing regexp: expression too large`);
  try {
    const made = RE2JS.compile(pattern);
    if (compiled.size >= KEPT) compiled.clear();
    compiled.set(pattern, made);
    return made;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new CelFault(`${prefix}${error.message}`);
    throw error;
  }
}

/** What a class of Unicode is as much work as: it has hundreds of ranges. */
const CLASS = 100;

/** At most so many instructions: each character once, or as often as the longest repetition says. */
function instructionsOf(pattern: string): number {
  const repetitions = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) =>
    Math.max(Number(least), Number(most ?? 0)),
  );
  const classes = pattern.match(/\\p/gi)?.length ?? 0;
  return (pattern.length + classes * CLASS) * repetitions.reduce((longest, one) => Math.max(longest, one), 1);
}

/**
 * What a pattern matches, one by one. The work is counted: for each match, every instruction may have to look at every character
 * that is left, even if the match turns out to be short.
 * @throws CelFault, CelBudgetExceeded
 */
function* matchesOf([text, pattern]: readonly CelValue[], budget: Budget, prefix = ''): Generator<string> {
  const subject = text as string;
  if (!compiled.has(pattern as string)) budget.work(COMPILING * instructionsOf(pattern as string));
  const expression = regex(pattern as string, prefix);
  const size = expression.programSize();
  const matcher = expression.matcher(subject);
  budget.work((subject.length + 1) * size);
  while (matcher.find()) {
    yield subject.slice(matcher.start(), matcher.end());
    budget.work((subject.length - matcher.end() + 1) * size);
  }
}

/** True if the pattern matches anywhere in the text. @throws CelFault, CelBudgetExceeded */
export function matches(args: readonly CelValue[], budget: Budget): boolean {
  return matchesOf(args, budget).next().done !== true;
}

function findAll(args: readonly CelValue[], budget: Budget, limit: number): CelList {
  const found: string[] = [];
  if (limit === 0) return list(found);
  for (const match of matchesOf(args, budget, 'Illegal regex: ')) {
    found.push(match);
    if (found.length === limit) break;
  }
  return list(found);
}

/** Kubernetes' functions for regular expressions. */
export const REGEX: LibrarySource = {
  find: {
    'string.(string) string': (args, budget) => {
      const [first = ''] = matchesOf(args, budget, 'Illegal regex: ');
      return first;
    },
  },
  findAll: {
    'string.(string) list(string)': (args, budget) => findAll(args, budget, -1),
    'string.(string, int) list(string)': (args, budget) => findAll(args, budget, Number(args[2])),
  },
};
