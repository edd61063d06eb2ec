// What the isolate of a running Worker holds, in bytes: {"wasm", "heap"}. Asked over workerd's
// inspector, whose address is the argument: the heap as V8 counts it (committed, with what lies
// outside of it on behalf of objects), and the size of every WebAssembly.Memory that is alive.
const socket = new WebSocket(`${process.argv[2].replace(/\/$/, "")}/core:user:worker`);
const waiting = new Map();
let context;
const contextKnown = new Promise((resolve) => {
  socket.onmessage = ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(data);
    if (method === "Runtime.executionContextCreated") resolve((context = params.context.id));
    if (id === undefined) return;
    const { done, failed } = waiting.get(id);
    if (error) failed(new Error(error.message));
    else done(result);
  };
});

function ask(method, params = {}) {
  const id = waiting.size + 1;
  const answer = new Promise((done, failed) => waiting.set(id, { done, failed }));
  socket.send(JSON.stringify({ id, method, params }));
  return answer;
}

await new Promise((open, failed) => {
  socket.onopen = open;
  socket.onerror = failed;
});
await ask("Runtime.enable");
await contextKnown;
const { totalSize, embedderHeapUsedSize, backingStorageSize } = await ask("Runtime.getHeapUsage");
const expression = "WebAssembly.Memory.prototype";
const { result: prototype } = await ask("Runtime.evaluate", { expression, contextId: context });
const { objects } = await ask("Runtime.queryObjects", { prototypeObjectId: prototype.objectId });
const { result: sizes } = await ask("Runtime.callFunctionOn", {
  objectId: objects.objectId,
  functionDeclaration: "function () { return this.map((memory) => memory.buffer.byteLength); }",
  returnByValue: true,
});
const wasm = sizes.value.reduce((sum, size) => sum + size, 0);
console.log(JSON.stringify({ wasm, heap: totalSize + embedderHeapUsedSize + backingStorageSize }));
socket.close();
