// Prints what cargo's own test harness would, so that whoever counts tests counts these: a line a
// test, what failed, and `test result:`.

export default async function* reporter(events) {
  const failures = [];
  let passed = 0;
  let skipped = 0;
  for await (const { type, data } of events) {
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    // A file is told of too; it is no test of its own unless it died.
    const isFile = data?.details?.type === "suite" || data?.name?.endsWith(".mjs");
    if (type === "test:pass" && !isFile) {
      if (data.skip !== undefined || data.todo !== undefined) skipped += 1;
      else passed += 1;
      const verdict = data.skip === undefined ? "ok" : "ignored";
      yield `test ${data.name} ... ${verdict} (${(data.details.duration_ms / 1000).toFixed(1)} s)\n`;
    }
    if (type === "test:fail" && !(isFile && data.details.error?.failureType === "subtestsFailed")) {
      failures.push(data);
      yield `test ${data.name} ... FAILED\n`;
    }
  }
  if (failures.length > 0) {
    yield "\nfailures:\n\n";
    for (const { name, details } of failures) {
      const cause = details.error?.cause ?? details.error;
      yield `---- ${name} ----\n${cause?.stack ?? cause}\n\n`;
    }
  }
  const verdict = failures.length === 0 ? "ok" : "FAILED";
  yield `test result: ${verdict}. ${passed} passed; ${failures.length} failed; ${skipped} ignored; 0 measured; 0 filtered out\n`;
}
