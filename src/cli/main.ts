#!/usr/bin/env node
/** The entry of the command `ike-probe`. @module */
import { loadBundle } from './bundled.ts';

const built = new URL('../', import.meta.url);
const { start } = loadBundle(built)?.program ?? (await import('./start.ts'));
await start(built);
