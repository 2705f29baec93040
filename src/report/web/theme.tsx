/**
 * Light, dark, or as the system says: the switch.
 *
 * @module
 */
import { useState } from 'preact/hooks';
import { IconButton } from './glyph.tsx';

type Theme = 'light' | 'dark';
const KEY = 'ike-probe-theme';

/** Turns the page to the other theme, and remembers it where the browser lets a file do so. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(() =>
    apply(remembered() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')),
  );
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  const turn = (): void => {
    setTheme(apply(other));
    try {
      localStorage.setItem(KEY, other);
    } catch {
      // A browser may give files no storage: the theme holds until the page is left.
    }
  };
  return <IconButton icon={other === 'dark' ? 'moon' : 'sun'} onClick={turn} label={`Turn ${other}`} />;
}

function apply(theme: Theme): Theme {
  document.documentElement.dataset['theme'] = theme;
  return theme;
}

function remembered(): Theme | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : undefined;
  } catch {
    return undefined;
  }
}
