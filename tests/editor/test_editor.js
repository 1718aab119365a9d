// test_editor.js - what an editor makes of `rehearse schema`: a strict JSON Schema checker, and a YAML
// language server with completion, hover and marks.
//
// usage: NODE_PATH=.../node_modules node tests/editor/test_editor.js SCHEMA COMPLAINTS FILE...
// COMPLAINTS is what `rehearse validate mistakes.yaml --json` says.
// The files are scenarios that load; what the loader refuses stands in mistakes.yaml.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const Ajv = require('ajv');
const yaml = require('yaml');
const { Server } = require('./lsp.js');
const { check, total } = require('./count.js');

const [schemaFile, complaintsFile, ...files] = process.argv.slice(2);
const schema = JSON.parse(fs.readFileSync(schemaFile, 'utf8'));
const here = __dirname;
const editorWords = ['doNotSuggest', 'patternErrorMessage', 'errorMessage', 'enumDescriptions'];

// Draft-07 with nothing overlooked: an unknown word, a keyword that can never apply, is an error.
// (strictRequired wants each `required` beside its `properties`; ours stand in the branches of an anyOf.)
function compile() {
  const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true });
  ajv.addVocabulary(editorWords);
  return ajv.compile(schema);
}

const show = (errors) => (errors || []).slice(0, 6).map((e) => `${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`).join('\n');

function testLibrary(validate) {
  for (const file of files) {
    const value = yaml.parse(fs.readFileSync(file, 'utf8'), { version: '1.2', merge: true });
    check(`schema: ${file}`, validate(value), show(validate.errors));
  }
}

// An expression may stand wherever a single value may, and every spelling of a key is the key.
function testForms(validate) {
  const good = [
    'seed: ${vars.a}',
    'trace: ${vars.level}',
    'duration: ${vars.length + 10m}',
    'duration: "{{ .Parameters.duration + 10m }}"',
    'network: {loss: "${vars.x}", latency_is_round_trip: "${vars.b}", bandwidth: {up: "${vars.r}"}}',
    'success_criteria: [{that: heads == 1, mode: "${vars.mode}"}]',
    'limits: {self_events: 0x10, messages_in_flight: "${vars.n}", memory: "${vars.m}"}',
    'phases: [{name: p, duration: 0, assertions: [], actions: [{id: x, fault: "${params.fault}", delay: 1m}]}]',
  ];
  const bad = ['seed: $vars', 'trace: vars.level', 'duration: 10', 'limits: {memory: 5}', 'success_criteria: [{mode: sometime}]'];
  const whole = (line) => yaml.parse(`${header}spec:\n  topology: {groups: [{name: n}]}\n  model: {name: pow}\n  ${line}\n`, { version: '1.2' });
  for (const line of good) check(`schema takes ${line}`, validate(whole(line)), show(validate.errors));
  for (const line of bad) check(`schema refuses ${line}`, !validate(whole(line)));
}

// A cursor stands where the text has a bar: `|`.  The bar itself goes away.
function cursor(text) {
  const at = text.indexOf('|');
  const before = text.slice(0, at).split('\n');
  return {
    text: text.slice(0, at) + text.slice(at + 1),
    position: { line: before.length - 1, character: before[before.length - 1].length },
  };
}

let opened = 0;
async function at(server, text, method) {
  const { text: clean, position } = cursor(text);
  const uri = pathToFileURL(path.join(here, `cursor-${opened++}.yaml`)).href;
  await server.check(uri, clean);
  const answer = await server.request(`textDocument/${method}`, { textDocument: { uri }, position });
  server.close(uri);
  return answer;
}

const header = 'apiVersion: rehearse/v1\nkind: Scenario\nmetadata: {name: t}\n';
const steps = `${header}spec:\n  topology:\n    groups:\n      - {name: n, count: 4}\n  model: {name: pow}\n  phases:\n    - name: p\n      duration: 1m\n      actions:\n`;

// Where the cursor stands, what must be proposed, and what must not be.
const completions = [
  ['at the top', '|', ['apiVersion', 'kind', 'metadata', 'spec'], ['api_version']],
  ['after spec:', `${header}spec:\n  |\n`, ['topology', 'network', 'model', 'phases', 'seed', 'successCriteria'], ['success_criteria', 'latency']],
  ['in a group', `${header}spec:\n  topology:\n    groups:\n      - name: n\n        |\n`, ['count', 'region', 'clockOffset', 'with'], ['clock_offset', 'name']],
  ['in a step', `${steps}        - name: cut-1\n          |\n`, ['fault', 'action', 'target', 'with', 'for', 'at'], ['parameters', 'on_failure', 'successCriteria', 'Rehearse scenario v1']],
  ['the name of a fault', `${steps}        - fault: |\n`, ['partition', 'latency', 'loss', 'crash'], ['mine']],
  ['the name of an action', `${steps}        - action: |\n`, ['mine'], ['partition']],
  ["in a fault's with", `${steps}        - fault: latency\n          with:\n            |\n`, ['delay', 'jitter'], ['loss', 'rate', 'amnesia']],
  ["in another fault's with", `${steps}        - fault: loss\n          target: n-0\n          with:\n            |\n`, ['loss'], ['delay', 'jitter']],
  ['in a target', `${steps}        - fault: loss\n          target:\n            |\n`, ['select', 'mode', 'value', 'not'], ['fault']],
  ['a word of a target', `${steps}        - fault: loss\n          target:\n            mode: |\n`, ['all', 'one', 'fixed', 'percent'], []],
  ["in a model's with", `${header}spec:\n  model:\n    name: pow\n    with:\n      |\n`, ['blockInterval', 'blockSize', 'relay'], ['block_interval']],
  ['a word of a model', `${header}spec:\n  model:\n    name: pow\n    with:\n      relay: |\n`, ['inventory', 'compact'], []],
  ['in a check', `${header}spec:\n  successCriteria:\n    - that: heads == 1\n      |\n`, ['mode', 'within', 'name', 'target'], ['fault']],
];

async function testCompletion(server) {
  for (const [name, text, wanted, unwanted] of completions) {
    const answer = await at(server, text, 'completion');
    const labels = (answer.items || answer).map((item) => item.label);
    const missing = wanted.filter((word) => !labels.includes(word));
    const extra = unwanted.filter((word) => labels.includes(word));
    check(`completion ${name}`, missing.length === 0 && extra.length === 0, `missing: ${missing}; not wanted: ${extra}; proposed: ${labels}`);
  }
}

const hovers = [
  ['a key', `${header}spec:\n  see|d: 1\n`, /All randomness follows from it/],
  ['a key in snake_case', `${header}spec:\n  success_cri|teria: []\n`, /Checks over the whole run/],
  ['a parameter of a fault', `${steps}        - fault: latency\n          with: {del|ay: 10ms}\n`, /Added to each message/],
  ['the name of a fault', `${steps}        - fault: part|ition\n`, /Cuts every link between the target and the rest/],
  ['a parameter of the model', `${header}spec:\n  model: {name: pow, with: {blockInt|erval: 10m}}\n`, /block/i],
];

async function testHover(server) {
  for (const [name, text, wanted] of hovers) {
    const answer = await at(server, text, 'hover');
    const said = answer ? JSON.stringify(answer.contents) : 'nothing';
    check(`hover over ${name}`, wanted.test(said), said);
  }
}

// mistakes.yaml: each line with a mistake ends in `# E012 marked` or `# E040 not marked: why`.
async function testMistakes(server, validate) {
  const file = path.join(here, 'mistakes.yaml');
  const text = fs.readFileSync(file, 'utf8');
  const marks = await server.check(pathToFileURL(file).href, text);
  const lines = text.split('\n');
  let mistakes = 0;
  for (const { line, code } of JSON.parse(fs.readFileSync(complaintsFile, 'utf8')))
    check(`mistakes.yaml:${line} is ${code} for the loader`, lines[line - 1].includes(`# ${code} `), lines[line - 1]);
  lines.forEach((line, number) => {
    const mistake = /# (E\d+) (marked|not marked)/.exec(line);
    const found = marks.filter((mark) => mark.range.start.line <= number && mark.range.end.line >= number && mark.range.end.line - mark.range.start.line < 2);
    if (!mistake) {
      if (line.trim() !== '' && !line.startsWith('#')) check(`mistakes.yaml:${number + 1} is right`, found.every((mark) => mark.range.start.line !== number), JSON.stringify(found));
      return;
    }
    mistakes++;
    check(`mistakes.yaml:${number + 1} ${mistake[2]}: ${line.trim()}`, (found.length > 0) === (mistake[2] === 'marked'), JSON.stringify(found.map((mark) => mark.message)));
  });
  check('mistakes.yaml has twenty mistakes', mistakes >= 20, mistakes);
  check('mistakes.yaml is refused by the schema', !validate(yaml.parse(text)));
}

async function testServer(validate) {
  const program = require.resolve('yaml-language-server/bin/yaml-language-server');
  const server = new Server(process.execPath, [program, '--stdio']);
  await server.start(here, schemaFile);
  for (const file of files) {
    const uri = pathToFileURL(path.resolve(file)).href;
    const marks = await server.check(uri, fs.readFileSync(file, 'utf8'));
    check(`language server: ${file}`, marks.length === 0, marks.map((mark) => `${mark.range.start.line + 1}: ${mark.message}`).join('\n'));
    server.close(uri);
  }
  await testCompletion(server);
  await testHover(server);
  await testMistakes(server, validate);
  await server.stop();
}

async function main() {
  let validate;
  try {
    validate = compile();
  } catch (error) {
    check('the schema compiles in strict mode', false, error.message);
    total();
    return;
  }
  check('the schema compiles in strict mode', true);
  testLibrary(validate);
  testForms(validate);
  await testServer(validate);
  total();
}

main().catch((error) => {
  check('the test itself', false, error.stack);
  total();
  process.exit(1);
});
