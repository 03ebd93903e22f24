// Loaded before all else into every Node that tests start (vitest.config.ts). Node's `fetch` reads HTTP with WebAssembly,
// and optimizing that takes 100 to 200 ms of processor time, which a process of a few seconds never earns back.
require('node:v8').setFlagsFromString('--liftoff-only')
