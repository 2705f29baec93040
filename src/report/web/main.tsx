/**
 * The page's own program: reads what the file carries and shows it. Without a run it asks for one.
 *
 * Rule 1: what a daemon, a peer or a user said becomes a text node, through `safe`; no file here writes markup from a string.
 * Rule 2: nothing is fetched; what is not in the file is chosen by hand.
 *
 * @module
 */
import { render } from 'preact';
import type { PagePayload } from '../html/payload.ts';
import { embedded } from './embedded.ts';
import { App } from './app.tsx';

const place = document.getElementById('app');
if (place !== null) {
  void embedded<PagePayload>('run').then(
    (payload) => render(<App payload={payload} />, place),
    () => render(<App payload={undefined} />, place),
  );
}
