import type { History } from '../history.ts';
import type { Log } from './log.ts';
import { transactionOf } from './writes.ts';

/** First and last revision of each transaction that changed more than one object. */
export type Transactions = readonly (readonly [number, number])[];

export function transactionsOf(history: History, log: Log): Transactions {
  return history.operations
    .filter((operation) => operation.kind === 'write')
    .filter(({ keys }) => keys.length > 1)
    .map((write) => transactionOf(write, log))
    .filter(([first, last]) => first < last);
}

/** True for a revision at which some of a transaction's changes are done and others are not. */
export function isInsideTransaction(transactions: Transactions, revision: number): boolean {
  return transactions.some(([first, last]) => first <= revision && revision < last);
}
