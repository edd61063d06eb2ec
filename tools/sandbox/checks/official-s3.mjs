// AWS's own npm client, unchanged, before the stand-in: put, get, head, list page by page, delete,
// and what is refused. `node official-s3.mjs --api URL --region R --bucket B --id ID --secret S`.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";

const option = { type: "string" };
const { values } = parseArgs({ options: { api: option, region: option, bucket: option, id: option, secret: option } });
const client = (settings) =>
  new S3Client({
    endpoint: values.api,
    region: values.region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: values.id, secretAccessKey: values.secret },
    ...settings,
  });
const Bucket = values.bucket;
const ours = client({});
const control = async (path, asked) => {
  const method = asked === undefined ? "GET" : "POST";
  const answer = await fetch(`${values.api}/_control/${path}`, { method, body: JSON.stringify(asked) });
  assert.equal(answer.status, 200);
  return answer;
};
const put = (Key, Body, more) =>
  ours.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/octet-stream", ChecksumAlgorithm: "SHA256", ...more }));
const get = async (Key, from = ours) => {
  const answer = await from.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from(await answer.Body.transformToByteArray());
};

// Names that are not the same before and after encoding among them.
const keys = ["other/1", "segments/00000012/000001.age", "segments/00000012/000002.age", "segments/a b+c", "segments/é&<%41>~"];
const body = (key) => Buffer.from(`age-encryption.org/v1 ${key}\0\xff`, "latin1");
for (const key of keys) {
  const stored = await put(key, body(key));
  assert.equal(stored.ETag, `"${createHash("md5").update(body(key)).digest("hex")}"`);
}
for (const key of keys) {
  assert.deepEqual(await get(key), body(key));
  const head = await ours.send(new HeadObjectCommand({ Bucket, Key: key }));
  assert.equal(head.ContentLength, body(key).length);
  assert.equal(head.ContentType, "application/octet-stream");
  const raw = await control(`objects/${key.split("/").map(encodeURIComponent).join("/")}`);
  assert.deepEqual(Buffer.from(await raw.arrayBuffer()), body(key));
}

const listed = [];
let pages = 0;
for await (const page of paginateListObjectsV2({ client: ours, pageSize: 3 }, { Bucket, Prefix: "segments/" })) {
  pages += 1;
  listed.push(...page.Contents);
}
assert.equal(pages, 2);
assert.deepEqual(listed.map(({ Key }) => Key), keys.slice(1));
assert.deepEqual(listed.map(({ Size }) => Size), keys.slice(1).map((key) => body(key).length));

const refused = (promise, status, code) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.$metadata.httpStatusCode, status, error);
    if (code !== undefined) assert.equal(error.Code ?? error.name, code);
    return true;
  });
const list = (from, more) => from.send(new ListObjectsV2Command({ Bucket, ...more }));
await refused(get("none"), 404, "NoSuchKey");
await refused(ours.send(new HeadObjectCommand({ Bucket, Key: "none" })), 404);
await refused(list(ours, { Bucket: "another" }), 404, "NoSuchBucket");
await refused(put(keys[0], body("again"), { IfNoneMatch: "*" }), 412, "PreconditionFailed");
assert.deepEqual(await get(keys[0]), body(keys[0]));
await refused(put("wrong", body("wrong"), { ChecksumSHA256: createHash("sha256").digest("base64") }), 400, "BadDigest");
await refused(put("unchecked", body("unchecked"), { ChecksumAlgorithm: "CRC32" }), 501, "NotImplemented");
await refused(list(client({ credentials: { accessKeyId: values.id, secretAccessKey: "another" } })), 403, "SignatureDoesNotMatch");
await refused(list(client({ credentials: { accessKeyId: "ANOTHER", secretAccessKey: values.secret } })), 403, "InvalidAccessKeyId");
await refused(list(client({ region: "us-east-1" })), 400, "AuthorizationHeaderMalformed");
const minutes = 60_000;
await refused(list(client({ systemClockOffset: -16 * minutes })), 403, "RequestTimeTooSkewed");
await list(client({ systemClockOffset: -14 * minutes }));
await refused(list(client({ signer: { sign: async (request) => request } })), 403, "AccessDenied");

// What rots is seen by a client that checks.
await control("corrupt", { key: keys[1], at: 0 });
await assert.rejects(get(keys[1]), /Checksum mismatch/u);

for (const [mode, status, code] of [
  ["refused", 403, "AccessDenied"],
  ["full", 403, "QuotaExceeded"],
  ["busy", 503, "SlowDown"],
  ["error", 500, "InternalError"],
]) {
  await control("fail", { mode, on: "put", after: 1, times: 1 });
  await put("segments/before", body("before"));
  await refused(put("segments/after", body("after")), status, code);
}
await control("fail", { mode: "half", on: "get", times: 1 });
await assert.rejects(get(keys[2]));
await control("fail", { mode: "lost", on: "put", times: 1 });
await assert.rejects(put("segments/lost", body("lost")));
assert.deepEqual(await get("segments/lost"), body("lost"), "done, though never answered");
await ours.send(new DeleteObjectCommand({ Bucket, Key: keys[0] }));
await refused(get(keys[0]), 404, "NoSuchKey");

const { objects } = await (await control("objects")).json();
console.log(JSON.stringify({ objects: objects.map(({ key }) => key) }));
