// lsp.js - a language server as a child process: requests, answers and notifications over its pipes.
//
// Only what the tests here need: open a text, wait for its diagnostics, ask for completions and hover.
'use strict';
const { spawn } = require('child_process');
const { pathToFileURL } = require('url');

// What the server says that nobody asked for is kept until somebody waits for it.
class Server {
  constructor(program, args) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.nextId = 1;
    this.answers = new Map();
    this.diagnostics = new Map();
    this.waiting = [];
    this.bytes = Buffer.alloc(0);
    this.child.stdout.on('data', (data) => this.take(data));
    this.child.on('exit', (code) => {
      if (!this.isClosing) throw new Error(`the language server ended with ${code}`);
    });
  }

  // Frames: "Content-Length: N\r\n\r\n" and N bytes.
  take(data) {
    this.bytes = Buffer.concat([this.bytes, data]);
    for (;;) {
      const head = this.bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.bytes.toString('latin1', 0, head))[1]);
      if (this.bytes.length < head + 4 + length) return;
      const text = this.bytes.toString('utf8', head + 4, head + 4 + length);
      this.bytes = this.bytes.subarray(head + 4 + length);
      this.handle(JSON.parse(text));
    }
  }

  handle(message) {
    if (message.method === undefined) {
      const answer = this.answers.get(message.id);
      this.answers.delete(message.id);
      if (message.error) answer.reject(new Error(message.error.message));
      else answer.resolve(message.result);
    } else if (message.id !== undefined) {
      // It asks for settings by section, and to register capabilities.
      const isSettings = message.method === 'workspace/configuration';
      const result = isSettings ? message.params.items.map((item) => this.settings[item.section] || null) : null;
      this.write({ jsonrpc: '2.0', id: message.id, result });
    } else if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = message.params;
      this.diagnostics.set(uri, diagnostics);
      this.waiting = this.waiting.filter((wait) => wait.uri !== uri || wait.resolve(diagnostics));
    }
  }

  write(message) {
    const text = JSON.stringify(message);
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  request(method, params) {
    const id = this.nextId++;
    this.write({ jsonrpc: '2.0', id, method, params });
    return new Promise((resolve, reject) => this.answers.set(id, { resolve, reject }));
  }

  notify(method, params) {
    this.write({ jsonrpc: '2.0', method, params });
  }

  async start(root, schema) {
    this.settings = {
      yaml: {
        validate: true,
        hover: true,
        completion: true,
        schemaStore: { enable: false, url: '' },
        schemas: { [pathToFileURL(schema).href]: '*.yaml' },
      },
    };
    await this.request('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(root).href,
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: { hover: { contentFormat: ['markdown'] } },
      },
    });
    this.notify('initialized', {});
    this.notify('workspace/didChangeConfiguration', { settings: this.settings });
  }

  // The diagnostics of a text; there is one list for each text that is opened, empty or not.
  check(uri, text) {
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return new Promise((resolve) => this.waiting.push({ uri, resolve }));
  }

  close(uri) {
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  async stop() {
    this.isClosing = true;
    await this.request('shutdown', null);
    this.notify('exit', null);
    this.child.stdin.end();
  }
}

module.exports = { Server };
