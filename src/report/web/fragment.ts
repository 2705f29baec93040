/**
 * What the page shows, as the fragment of its address: a link to a cell and a set of filters survive a reload.
 *
 * @module
 */
import { useEffect, useState } from 'preact/hooks';

/** The words behind the `#`, by name. Empty ones are left out. */
export type Fragment = Readonly<Record<string, string>>;

export function readFragment(hash: string): Fragment {
  return Object.fromEntries([...new URLSearchParams(hash.replace(/^#/, ''))].filter(([, value]) => value !== ''));
}

/** `#cell=v2-defaults%2Fstrongswan%405.9.8…`; `#` when there is nothing to say. */
export function writeFragment(fragment: Fragment): string {
  return `#${new URLSearchParams(Object.entries(fragment).filter(([, value]) => value !== '')).toString()}`;
}

/** Changes some words of the fragment; an empty one takes its word away. `step`: the browser's way back undoes it. */
export type ChangeFragment = (changes: Fragment, step?: boolean) => void;

/** The fragment of the page's address, and how to change it. */
export function useFragment(): readonly [Fragment, ChangeFragment] {
  const [fragment, setFragment] = useState(() => readFragment(location.hash));
  useEffect(() => {
    const read = (): void => setFragment(readFragment(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  const change: ChangeFragment = (changes, step = false) => {
    const next = writeFragment({ ...readFragment(location.hash), ...changes });
    if (next === (location.hash || '#')) return;
    try {
      history[step ? 'pushState' : 'replaceState'](null, '', next);
      setFragment(readFragment(next));
    } catch {
      // Some browsers let a file change its fragment in this way only; `hashchange` follows.
      location.hash = next;
    }
  };
  return [fragment, change];
}
