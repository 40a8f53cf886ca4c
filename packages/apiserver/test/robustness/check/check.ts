import type { History } from '../history.ts';
import { Evidence } from './evidence.ts';
import { Log } from './log.ts';
import { ReadCheck } from './reads.ts';
import { transactionsOf } from './transactions.ts';
import { Findings, type Violation } from './violations.ts';
import { WatchCheck } from './watches.ts';
import { checkWriteOrder, explainChanges } from './writes.ts';

/**
 * Looks for what a sequential store cannot explain. Every change has a revision, so that the order of the changes is given
 * and need not be searched for; what remains to be checked is that each operation fits it, and that it fits real time.
 */
export function checkHistory(history: History): Violation[] {
  const findings = new Findings();
  const log = new Log(history, findings);
  explainChanges(history, log, findings);
  const evidence = new Evidence(history, log);
  checkWriteOrder(log, evidence, findings);
  const transactions = transactionsOf(history, log);
  new ReadCheck(log, evidence, transactions, findings).check(history);
  new WatchCheck(log, evidence, transactions, findings).check(history);
  return findings.violations;
}
