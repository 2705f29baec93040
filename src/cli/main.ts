#!/usr/bin/env node
/** The entry of the command `ike-probe`. @module */
import { loadBundle } from './bundled.ts';

const { start } = loadBundle(new URL('../', import.meta.url))?.program ?? (await import('./start.ts'));
await start();
