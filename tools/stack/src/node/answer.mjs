// The end of every program of node.rs: asks `answer` line by line.
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let told;
  try {
    told = { answer: await answer(JSON.parse(line)) };
  } catch (error) {
    // What fetch throws has its reason in `cause`.
    told = { error: String(error?.cause?.message || error?.cause?.code || error?.message || error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
