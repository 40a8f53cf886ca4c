export { requires, type Requirement } from './requires.ts';
export { waitUntil } from './wait-until.ts';
