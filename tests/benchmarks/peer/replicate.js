// Documents to the server and back into an empty store, seconds as one line of JSON:
// node replicate.js URL FOLDER DOCUMENTS.json BATCH_SIZE
const fs = require("fs");
const path = require("path");
const PouchDB = require("pouchdb-core")
  .plugin(require("pouchdb-adapter-leveldb"))
  .plugin(require("pouchdb-adapter-http"))
  .plugin(require("pouchdb-replication"));

const [url, folder, file, size] = process.argv.slice(2);
const options = { batch_size: Number(size), batches_limit: 10 };

async function seconds(work) {
  const began = process.hrtime.bigint();
  const done = await work();
  return [Number(process.hrtime.bigint() - began) / 1e9, done];
}

// Stores and the server's book are made, and filled where they send, before the clock starts.
async function there_and_back(documents, name) {
  const mine = new PouchDB(path.join(folder, `mine-${name}`), { adapter: "leveldb" });
  for (let start = 0; start < documents.length; start += 1000) {
    await mine.bulkDocs(documents.slice(start, start + 1000));
  }
  const there = new PouchDB(`${url}/${name}`, { adapter: "http" });
  await there.info();
  const [push, pushed] = await seconds(() => mine.replicate.to(there, options));
  const other = new PouchDB(path.join(folder, `other-${name}`), { adapter: "leveldb" });
  await other.info();
  const [pull, pulled] = await seconds(() => other.replicate.from(there, options));
  if (pushed.docs_written !== documents.length || pulled.docs_written !== documents.length) {
    throw new Error(`replicated ${pushed.docs_written} and ${pulled.docs_written} of ${documents.length}`);
  }
  return { docs: documents.length, push, pull };
}

(async () => {
  const documents = JSON.parse(fs.readFileSync(file, "utf8"));
  await there_and_back(documents.slice(0, 500), "warm"); // both processes compile what they run often
  console.log(JSON.stringify(await there_and_back(documents, "book")));
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
