// count.js - checks that are counted, and the last line that `.ci/run` adds up.
'use strict';
let passed = 0;
let failed = 0;

function check(name, isGood, detail) {
  if (isGood) {
    passed++;
    return;
  }
  failed++;
  console.log(`not ok: ${name}${detail ? `\n    ${String(detail).split('\n').join('\n    ')}` : ''}`);
}

function total() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

module.exports = { check, total };
