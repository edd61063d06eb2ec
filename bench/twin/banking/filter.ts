// What a list of transactions is narrowed to: text in the name, the merchant, the bank's words, her
// own note and tags.
import type { AnnotationRecord } from "../store/annotations";
import type { TransactionRecord } from "../store/transactions";

const ACCENTS = /[\u0300-\u036f]/g;

/** Lower case, without the accents of Latin, Greek and Cyrillic letters: "CAFÉ" is found by "cafe". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(ACCENTS, "").toLowerCase();
}

/** Whether a record says `text`, which is folded. */
export function mentions(record: TransactionRecord, own: AnnotationRecord | undefined, text: string): boolean {
  const [, , , , , , , name, merchantName, originalDescription] = record;
  const all = [name, merchantName, originalDescription];
  if (own) all.push(own.note, ...own.tags);
  return all.some((said) => said !== null && fold(said).includes(text));
}
