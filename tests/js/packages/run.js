// Answers of the samples in the files beside: run in node, `node run.js FILE`, or loaded by polyhy.
const names = (kind) => Object.keys(require(`./${kind}.js`));

/** The JSON of each sample's answer by its name; an error is `error: …`. */
async function answers(kind, wanted, load = require) {
  const samples = require(`./${kind}.js`);
  const out = {};
  for (const name of Object.keys(samples)) if (!wanted || wanted.includes(name)) out[name] = await answer(samples[name], moduleOf(name), load);
  return out;
}

/** `lodash/fp` of `lodash@^4/fp`, `fs` of `fs streams`. */
const moduleOf = (name) => name.replace(/(?<=.)@[^/]*/, "").split(" ")[0];

async function answer(sample, name, load) {
  try {
    return JSON.stringify(await limited(sample(load(name), load))) ?? "undefined";
  } catch (error) {
    return `error: ${error?.stack ? `${error.name}: ${error.message}` : error}`;
  }
}

const limited = (promise) => {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error("no answer within 20 s")), 20000)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

module.exports = { names, answers };
if (require.main === module && typeof process !== "undefined" && process.argv[2]) {
  answers(process.argv[2], process.argv[3]?.split(",")).then((out) => {
    process.stdout.write(`\n${JSON.stringify(out)}\n`, () => process.exit(0));
  });
}
