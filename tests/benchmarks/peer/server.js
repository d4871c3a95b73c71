// PouchDB's own server on a free port of the loopback, its databases in LevelDB under FOLDER: node server.js FOLDER
const path = require("path");
const express = require("express");
const PouchDB = require("pouchdb-core")
  .plugin(require("pouchdb-adapter-leveldb"))
  .plugin(require("pouchdb-adapter-http"))
  .plugin(require("pouchdb-mapreduce"))
  .plugin(require("pouchdb-replication"));

const folder = process.argv[2];
const app = express();
app.use("/", require("express-pouchdb")(PouchDB.defaults({ prefix: path.join(folder, "server-") }), {
  mode: "minimumForPouchDB",
  overrideMode: { exclude: ["compression"] }, // on the loopback it only costs
  configPath: path.join(folder, "config.json"),
  logPath: path.join(folder, "log.txt"),
}));
const listening = app.listen(0, "127.0.0.1", () => console.log(listening.address().port));
